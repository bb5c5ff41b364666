"""YOLOv8's augmentation at 640 x 640 pixels, from MMDetection's transforms.

They differ from the original in details: `RandomAffine` scales about the upper left corner,
`YOLOXHSVRandomAug` shifts colours by amounts and not by factors, and the letterbox pads on the
right and below.
"""

image_size = 640
grey = (114, 114, 114)

# What single images go through before they are mixed.
load_pipeline = [
    dict(type='LoadImageFromFile', backend_args=None),
    dict(type='LoadAnnotations', with_bbox=True),
]
_after_affine = [
    dict(type='YOLOXHSVRandomAug'),
    dict(type='RandomFlip', prob=0.5),
    # `keep_empty=False` keeps an image that is left without an object.
    dict(type='FilterAnnotations', min_gt_bbox_wh=(2, 2), keep_empty=False),
    dict(
        type='PackDetInputs',
        meta_keys=('img_id', 'img_path', 'ori_shape', 'img_shape', 'flip', 'flip_direction'),
    ),
]
_affine = dict(
    type='RandomAffine',
    max_rotate_degree=0.0,
    max_shear_degree=0.0,
    max_translate_ratio=0.1,
    scaling_ratio_range=(0.5, 1.5),
    border_val=grey,
)
_letterbox = [
    dict(type='Resize', scale=(image_size, image_size), keep_ratio=True),
    dict(type='Pad', size=(image_size, image_size), pad_val=dict(img=grey)),
]
mosaic_pipeline = [
    dict(type='Mosaic', img_scale=(image_size, image_size), pad_val=114.0),
    dict(border=(-image_size // 2, -image_size // 2), **_affine),  # back to `image_size`
    *_after_affine,
]
# For the last epochs. In one piece: `MultiImageMixDataset` runs at most as many transforms as it
# was made with.
single_pipeline = [dict(type='Compose', transforms=[*_letterbox, _affine, *_after_affine])]
letterbox_pipeline = [
    dict(type='LoadImageFromFile', backend_args=None),
    *_letterbox,
    dict(type='LoadAnnotations', with_bbox=True),  # not resized
    dict(
        type='PackDetInputs',
        meta_keys=('img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor'),
    ),
]

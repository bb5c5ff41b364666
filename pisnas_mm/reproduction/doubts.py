"""What has to be said of the paper's numbers beside them."""

DOUBTS: dict[str, tuple[str, ...]] = {
    'table1': (
        "PIS-NAS's own row does not agree with the paper's figures: 88 G is what GFL with "
        'PIS-NAS-S has at the size of VOC images; at that of COCO images Figure 3 shows 152 G.',
        "No COCO point of the figures comes near the row's 48.8 AP; the highest of PIS-NAS is "
        '48.4 (Figure 4), and 43.9 with GFL (Figure 3).',
        'The AP claimed are of the test set, whose annotations are not public; ours are of '
        'val2017.',
        'Search costs are not of one kind: claimed GPU hours beside our seconds on one CPU core.',
        'MAE-DET and DeepMAD are searched here with their own scores and released budgets of '
        "ResNet-50's size, and trained by our recipe in GFL; their rows are of other detectors.",
        'DetNAS, SP-NAS and SpineNet cannot be run here and stand as claimed.',
    ),
    'fig2': (
        "The figure's FLOPs are MACs of convolutions at one input of 527 000 pixels, VOC's mean "
        'at 1000 x 600; that explains every ResNet point within 1 G.',
        'They are those of heads with 80 classes: with the 20 of VOC, RetinaNet with ResNet-50 '
        'would have 109 G and 36.7 M. Ours are counted with 80, and trained with 20.',
        'The mAP is COCO-style, over IoU 0.5 to 0.95.',
        'The paper does not say how long was trained.',
    ),
    'fig3': (
        "The figure's FLOPs are MACs of convolutions at one input of 919 000 pixels, COCO's "
        'mean at 1333 x 800.',
        'By its own points PIS-NAS is below the ResNets here: by 0.3 (S) and 0.1 (L) AP with '
        'GFL, by 0.4 and 0.7 with FCOS, with 10 to 19 % fewer MACs.',
        'The paper does not say how long was trained.',
    ),
    'fig4': (
        "The baselines are OpenMMLab's model-zoo figures at 640 x 640, and MACs.",
        'What is labelled YOLOv6 v3.0 carries the numbers of v2.0, which ours is.',
        'YOLOv6 and YOLOv7 are counted as they are deployed, with branches fused; the zoo counts '
        'norms and activations, too, and ours do not.',
        'YOLOv5, v6 and v7 are trained here by the recipe of YOLOv8, in as many epochs as '
        'published; released recipes differ in augmentation.',
        'For PIS-NAS the figure gives no params.',
    ),
    'fig5': (
        "The mAP is VOC's AP50, unlike in Figure 2.",
        'The points were read off the figure: tau is computed anew from them, beside the '
        'printed one.',
        'PR scores are the closed form here and sampled in the paper. Ours are those of the best '
        'architecture of a search; the paper shows several, and not how they were chosen.',
    ),
}

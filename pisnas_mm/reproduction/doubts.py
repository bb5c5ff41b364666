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
        'MAE-DET and DeepMAD are searched here with all settings of their released configurations '
        "of ResNet-50's size, and trained by our recipe in GFL; their rows are of other detectors "
        "and, as their MACs say, of other budgets. 279 G is near GFL's with MAE-DET-L as "
        'published (gfl/gfl_maedet-l_fpn_scratch-ms-6x_coco).',
        'DetNAS, SP-NAS and SpineNet are the published architectures in the detectors of their '
        'authors; there is no search of ours. The first two are trained from scratch by our '
        'recipe, as no ImageNet weights of theirs fit. The second stage is counted at 1000 '
        'regions.',
        'DetNAS: with four convolutions and one layer in the second stage, as its authors have '
        'it, DetNASNet-3.8G comes within 3 % of the claim; that stage is 129 G of it, for 1000 '
        'regions. The backbone itself has 3.9 G at 224 x 224.',
        'SP-NAS: 655 G is the parallel form at 1333 x 800, padded: 648 G of layers there, the rest '
        'batch norms and activations; ours is at the mean image that explains the figures. The '
        "parallel code is the authors' own (huawei-noah/vega, issue 14), and sub-networks share "
        "their stage's weights as in their code; the paper does not say so.",
        "SpineNet: 524 G is SpineNet-143 at 1280 x 1280 with 90 classes, COCO's largest id, and "
        'two for each output of a batch norm: so counted ours has 524.6 G and 66.9 M, as '
        'published. Ours in the table has 80 classes. Of 49S, 12.0 M and 33.8 G are published and '
        '11.3 M and 30.9 G found: the paper does not say what its head is.',
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
        'PR scores are the closed form here and sampled in the paper. Ours are of the best '
        'architecture of a search and of four more of its last population (ranks 128, 256, 384 '
        'and 512); how the paper chose its points is not said.',
    ),
}

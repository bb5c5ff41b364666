"""Non-maximum suppression as the last part of a model: a small graph, in ONNX's own notation."""

from typing import Any

import onnx
from onnx import compose, parser

from pisnas_mm.deployment.card import Card

# N images, P points, C classes, S boxes that stay, K detections an image; unused ones score 0.
_GRAPH = """
<ir_version: {ir_version}, opset_import: ["" : {opset}]>
choose (float[N, P, 4] all_boxes, float[N, P, C] all_scores)
    => (float[N, {most}, 4] boxes, float[N, {most}] scores, int64[N, {most}] labels)
{{
    most = Constant <value = int64[1] {{{most}}}> ()
    iou_thr = Constant <value = float[1] {{{iou_thr!r}}}> ()
    score_thr = Constant <value = float[1] {{{score_thr!r}}}> ()
    zero = Constant <value = float {{0.0}}> ()
    last = Constant <value = int64[1] {{-1}}> ()
    flat = Constant <value = int64[2] {{0, -1}}> ()
    column = Constant <value = int64[1] {{2}}> ()

    by_class = Transpose <perm = [0, 2, 1]> (all_scores)                     # (N, C, P)
    kept = NonMaxSuppression (all_boxes, by_class, most, iou_thr, score_thr) # (S, 3)
    kept_scores = GatherND (by_class, kept)                                  # (S,)
    shape = Shape (by_class)
    nothing = Expand (zero, shape)
    sparse = ScatterND (nothing, kept, kept_scores)                          # (N, C, P)
    every = Reshape (sparse, flat)                                           # (N, C · P)
    scores, places = TopK <axis = 1> (every, most)                           # (N, K)
    points = Gather (shape, column)
    labels = Div (places, points)
    at = Mod (places, points)
    index = Unsqueeze (at, last)                                             # (N, K, 1)
    boxes = GatherND <batch_dims = 1> (all_boxes, index)                     # (N, K, 4)
}}
"""


def with_suppression(model: onnx.ModelProto, card: Card) -> onnx.ModelProto:
    """The model with its detections chosen inside, at most ``max_per_img`` an image.

    ``nms_pre`` does not count there: all points above the score threshold take part.
    """
    opset = model.opset_import[0].version
    text = _GRAPH.format(
        ir_version=model.ir_version,
        opset=opset,
        most=card.max_per_img,
        iou_thr=card.iou_thr,
        score_thr=float(card.score_thr),
    )
    tail: Any = parser.parse_model(text)
    onnx.checker.check_model(tail)
    inner, graph = [output.name for output in model.graph.output], tail.graph
    names = zip(inner, (value.name for value in graph.input), strict=True)
    whole: onnx.ModelProto = compose.merge_models(
        compose.add_prefix(model, 'detector/', rename_inputs=False),
        tail,
        io_map=[(f'detector/{name}', taken) for name, taken in names],
    )
    return whole

"""Fuse RepVGG blocks for deployment: tools/model_converters/fuse.py CONFIG CHECKPOINT OUT."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import config_parser
from pisnas_mm.app.errors import one_line_errors, user_error
from pisnas_mm.utils.configs import load_detector
from pisnas_mm.utils.preconditions import check_checkpoint, check_installed, check_writable


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = config_parser(
        'Write a detector whose branches are fused, as a config and a checkpoint.', writes=False
    )
    parser.add_argument('checkpoint', help='trained weights')
    parser.add_argument('out', type=Path, help='folder for NAME_deploy.py and NAME_deploy.pth')
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    cfg = load_detector(args.config, args.cfg_options)
    check_checkpoint(args.checkpoint, 'give that of a training with this config')
    if cfg.model.backbone.type != 'PISBackbone':
        user_error(f'{args.config} has a {cfg.model.backbone.type} and no PISBackbone')
    check_installed('torch', 'mmcv', 'mmdet')
    check_writable(args.out, 'another folder')

    import torch

    from pisnas_mm.detectors.runner import build_detector
    from pisnas_mm.detectors.weights import load_weights
    from pisnas_mm.models.fuse import fuse
    from pisnas_mm.utils.config_text import config_text
    from pisnas_mm.utils.files import write_text

    model = build_detector(cfg)
    checkpoint = load_weights(model, args.checkpoint)
    before = sum(p.numel() for p in model.parameters())
    fuse(model.eval())
    cfg.model.backbone.deploy = True
    name = f'{Path(args.config).stem}_deploy'
    write_text(args.out / f'{name}.py', config_text(cfg.to_dict()))
    weights = {'state_dict': model.state_dict(), 'meta': checkpoint.get('meta', {})}
    torch.save(weights, args.out / f'{name}.pth')
    after = sum(p.numel() for p in model.parameters())
    print(f'params  {before / 1e6:.3f} M -> {after / 1e6:.3f} M')
    print(f'test it with  python tools/test.py {args.out / name}.py {args.out / name}.pth')


if __name__ == '__main__':
    main()

"""Draw what a backbone sees: python tools/analysis_tools/visualize_erf.py CONFIG_OR_ARCH [...]."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import (
    ArgumentParser,
    custom_imports_argument,
    form_argument,
    whole_number,
)
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.configs import import_modules
from pisnas_mm.utils.preconditions import check_checkpoint, check_installed, check_writable


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(
        description='Draw receptive-field maps, level by level: the closed form of a searched '
        'architecture, and sampled ones of any backbone. Needs matplotlib.'
    )
    parser.add_argument(
        'arch',
        help="a search's work directory (its seed and its winner, C3 to C5), the config of a "
        'detector (.py), or the first architecture of a best.json, of JSON lines (.jsonl), or of a '
        'TinyNAS text',
    )
    parser.add_argument(
        '--checkpoint', type=Path, metavar='CKPT', help='draw a config with these trained weights'
    )
    parser.add_argument(
        '--image-size',
        type=whole_number,
        metavar='R',
        help='side of the image in pixels (default: what the file says, or 224)',
    )
    parser.add_argument(
        '--monte-carlo',
        type=whole_number,
        metavar='N',
        help='also sample N draws, with respect to the level before and to the image (default: '
        '8 where there is no closed form, else none; needs torch, mmcv, mmdet)',
    )
    form_argument(parser)
    parser.add_argument('--seed', type=int, default=0, help='seed of the sampling (default: 0)')
    parser.add_argument('--batch-size', type=whole_number, default=8, help='inputs a draw')
    parser.add_argument('--device', default='cpu', help='where the sampling runs, such as cuda')
    parser.add_argument(
        '--out', type=Path, metavar='FILE.png', help='where to (default: erf_NAME.png)'
    )
    custom_imports_argument(parser)
    args = parser.parse_args(argv)
    if args.checkpoint and Path(args.arch).suffix != '.py':
        parser.error('--checkpoint needs the config of a detector (.py)')
    if args.out and args.out.suffix != '.png':
        parser.error(f'--out should end in .png, but got {args.out}')
    return args


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    import_modules({'custom_imports': {'imports': args.custom_imports}})
    if args.checkpoint:
        check_checkpoint(args.checkpoint, 'training writes work_dirs/CONFIG/epoch_N.pth')
    check_installed('matplotlib')
    if args.out:
        check_writable(args.out.parent, '--out')

    from pisnas_mm.visualization.backbones import Sampling
    from pisnas_mm.visualization.looking import look_at_file, look_at_search
    from pisnas_mm.visualization.png import save
    from pisnas_mm.visualization.seen_figure import draw_seen

    how = partial(Sampling, batch_size=args.batch_size, seed=args.seed, device=args.device)
    if Path(args.arch).is_dir():
        found = look_at_search(Path(args.arch), args.image_size, args.monte_carlo, how)
    else:
        found = look_at_file(
            args.arch, args.image_size, args.monte_carlo, how, args.checkpoint, args.form
        )
    size, out = found.image_size, args.out or Path(f'erf_{found.name}.png')
    title = f'{found.name}: what the centre of each level sees, {size} x {size} px'
    save(draw_seen(found.rows, title), out)
    for row in found.rows:
        radii = ', '.join(f'{seen.level} {seen.radius:.1f}' for seen in row.maps)
        print(f'{" ".join(row.label.split())}: radii {radii} px')
    print(out)


if __name__ == '__main__':
    main()

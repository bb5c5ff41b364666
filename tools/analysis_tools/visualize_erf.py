"""Draw what a backbone sees: python tools/analysis_tools/visualize_erf.py CONFIG_OR_ARCH [...]."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser, custom_imports_argument, whole_number
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.configs import import_modules, load_config, load_detector
from pisnas_mm.utils.preconditions import check_checkpoint, check_installed, check_writable

if TYPE_CHECKING:
    from pisnas_mm.architectures.files import Architecture
    from pisnas_mm.architectures.genotype import Genotype
    from pisnas_mm.visualization.backbones import Sampled, Sampling
    from pisnas_mm.visualization.seen_figure import Row

DEFAULT_IMAGE_SIZE = 224
DEFAULT_DRAWS = 8  # of a backbone that has no closed form


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
        help=f'side of the image in pixels (default: what the file says, or {DEFAULT_IMAGE_SIZE})',
    )
    parser.add_argument(
        '--monte-carlo',
        type=whole_number,
        metavar='N',
        help='also sample N draws, with respect to the level before and to the image (default: '
        f'{DEFAULT_DRAWS} where there is no closed form, else none; needs torch, mmcv, mmdet)',
    )
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


def architecture(path: str) -> 'Architecture | None':
    """What has a closed form; None for the config of another backbone."""
    from pisnas_mm.architectures.files import read_architectures

    if Path(path).suffix == '.py':
        backbone = load_config(path)
        backbone = backbone.get('model', backbone).get('backbone', {})
        if 'arch' not in backbone:
            return None
    return read_architectures(path)[0]


def rows_of_search(args: argparse.Namespace) -> 'tuple[str, int, list[Row]]':
    """Name and image size of a search, and what its seed and its winner see."""
    from pisnas_mm.visualization.seen import deepest, expected
    from pisnas_mm.visualization.seen_figure import Row
    from pisnas_mm.visualization.work_dir import read_search

    search = read_search(Path(args.arch))
    size = args.image_size or search.image_size
    found = []
    for label, genotype in (('seed', search.seed), ('searched', search.winner)):
        found.append(Row(label, deepest(expected(genotype, size, search.threshold))))
        if args.monte_carlo:
            maps = sampled_genotype(args, genotype, size)
            found.append(Row(f'{label}, Monte-Carlo', deepest(maps.on_previous)))
    return search.name, size, found


def sampled_genotype(args: argparse.Namespace, genotype: 'Genotype', size: int) -> 'Sampled':
    check_installed('torch', 'mmcv', 'mmdet')

    from pisnas_mm.visualization.backbones import sampled_genotype

    return sampled_genotype(genotype, sampling(args, size, args.monte_carlo))


def sampling(args: argparse.Namespace, size: int, draws: int) -> 'Sampling':
    from pisnas_mm.visualization.backbones import Sampling

    return Sampling(size, draws, args.batch_size, args.seed, args.device)


def sampled(args: argparse.Namespace, of: 'Architecture | None', size: int) -> 'Sampled | None':
    """By torch, where that was asked for or nothing else is possible."""
    built = of is None or args.checkpoint is not None
    draws = args.monte_carlo or (DEFAULT_DRAWS if built else 0)
    if not draws:
        return None
    if of is not None and not built:
        return sampled_genotype(args, of.genotype, size)
    check_installed('torch', 'mmcv', 'mmdet')

    from pisnas_mm.visualization import backbones

    how = sampling(args, size, draws)
    cfg = load_detector(args.arch)
    import_modules(cfg)
    backbone = backbones.build_backbone(cfg, args.checkpoint)
    return backbones.sampled_backbone(backbone, how, trained=args.checkpoint is not None)


def rows_of_file(args: argparse.Namespace) -> 'tuple[str, int, list[Row]]':
    """Name and image size of an architecture or a config, and what it sees by every way."""
    from pisnas_mm.visualization.seen import expected
    from pisnas_mm.visualization.seen_figure import Row

    of = architecture(args.arch)
    size = args.image_size or (of and of.image_size) or DEFAULT_IMAGE_SIZE
    found = []
    if of is not None:
        found.append(Row('closed form,\non the level before', expected(of.genotype, size)))
    if maps := sampled(args, of, size):
        way = 'trained' if args.checkpoint else 'Monte-Carlo'
        found.append(Row(f'{way},\non the level before', maps.on_previous))
        found.append(Row(f'{way},\non the image', maps.on_image))
    return of.id if of else Path(args.arch).stem, size, found


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    import_modules({'custom_imports': {'imports': args.custom_imports}})
    if args.checkpoint:
        check_checkpoint(str(args.checkpoint), 'training writes work_dirs/CONFIG/epoch_N.pth')
    check_installed('matplotlib')
    if args.out:
        check_writable(args.out.parent, '--out')
    is_search = Path(args.arch).is_dir()
    name, size, rows = rows_of_search(args) if is_search else rows_of_file(args)
    out = args.out or Path(f'erf_{name}.png')

    from pisnas_mm.visualization.png import save
    from pisnas_mm.visualization.seen_figure import draw_seen

    save(draw_seen(rows, f'{name}: what the centre of each level sees, {size} x {size} px'), out)
    for row in rows:
        radii = ', '.join(f'{seen.level} {seen.radius:.1f}' for seen in row.maps)
        print(f'{" ".join(row.label.split())}: radii {radii} px')
    print(out)


if __name__ == '__main__':
    main()

"""Check the data of a detector, and show them: python tools/analysis_tools/check_data.py CONFIG."""

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import config_parser
from pisnas_mm.app.errors import one_line_errors, user_error
from pisnas_mm.utils.configs import import_modules
from pisnas_mm.utils.table import text_table

SPLITS = ('train', 'val', 'test')


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    description = 'Check the data that a detector reads, every image, and show what is in them.'
    args = config_parser(description, writes=False).parse_args(argv)

    from pisnas_mm.datasets.checking import check_annotations
    from pisnas_mm.datasets.tables import class_table, file_table, input_scale, level_table
    from pisnas_mm.detectors.data import check_data, load_with_data

    cfg = load_with_data(args.config, args.cfg_options)
    import_modules(cfg, skip='pisnas_mm')  # a data set of one's own may be among them
    splits = [split for split in SPLITS if cfg.get(f'{split}_dataloader')]
    if not splits:
        user_error(f'config {args.config} names no data: it has no train_dataloader')
    check_data(
        cfg, *(f'{split}_{what}' for split in splits for what in ('dataloader', 'evaluator'))
    )
    read = check_annotations(cfg, *splits, most_images=None)
    if not read:
        user_error(f"config {args.config} has no data in COCO's or VOC's form on this machine")
    read = list({found.path: (source, found) for source, found in reversed(read)}.values())[::-1]
    scale = ' x '.join(f'{side:g}' for side in input_scale(cfg))
    print(f'\nBoxes by area, in pixels of the original images:\n{text_table(file_table(read))}')
    print(
        f'\nBoxes by pyramid level, in images resized to {scale}, and the radius within which a '
        f'level sees 90 % of its boxes whole:\n{text_table(level_table(read, cfg))}'
    )
    print(f'\nImages and boxes of each class:\n{text_table(class_table(read))}')


if __name__ == '__main__':
    main()

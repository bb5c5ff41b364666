"""The arguments that command lines share; parsing imports neither torch nor MMEngine."""

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from pisnas_mm.app.errors import user_error
from pisnas_mm.utils.cfg_options import parse_options


class CfgOptions(argparse.Action):
    """``--cfg-options key=value ...``, once or several times."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        try:
            options = parse_options(values)
        except ValueError as error:
            message = f'should be key=value pairs, but got {" ".join(values)!r}'
            raise argparse.ArgumentError(self, message) from error
        setattr(namespace, self.dest, {**getattr(namespace, self.dest), **options})


class ArgumentParser(argparse.ArgumentParser):
    """A parser whose refusals are one line too."""

    def error(self, message: str) -> NoReturn:
        user_error(f'{message} (see {self.prog} --help)')


def whole_number(text: str) -> int:
    """The type of arguments that count something."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f'should be a whole number >= 1, but got {text!r}')
    return int(text)


def runtime_arguments(parser: argparse.ArgumentParser) -> None:
    """For programs that run an exported model."""
    parser.add_argument('--runtime', default='cpu', help='cpu, cuda, tensorrt or openvino')
    parser.add_argument('--threads', type=whole_number, default=0, help='on the CPU')


def jobs_argument(parser: argparse.ArgumentParser) -> None:
    """For programs that train many detectors."""
    parser.add_argument(
        '--jobs',
        type=whole_number,
        default=1,
        metavar='N',
        help='trainings at a time, on each GPU if there are several (default: 1)',
    )


def timing_arguments(parser: argparse.ArgumentParser, threads: int) -> None:
    """For programs that measure times: on what, with what, and how."""
    parser.add_argument('--device', default='cpu', help='cpu, cuda or cuda:N (default: cpu)')
    parser.add_argument(
        '--backend',
        choices=['torch', 'onnxruntime', 'openvino', 'tensorrt'],
        default='onnxruntime',
        help='what runs the networks (default: onnxruntime)',
    )
    parser.add_argument(
        '--threads',
        type=whole_number,
        default=threads,
        metavar='N',
        help='threads of the CPU (default: one a core, %(default)s)',
    )
    parser.add_argument(
        '--batch', type=whole_number, default=1, metavar='N', help='images at once (default: 1)'
    )
    parser.add_argument('--precision', choices=['fp32', 'fp16', 'int8'], default='fp32')


def config_parser(
    description: str,
    *,
    writes: bool = True,
    parents: Sequence[argparse.ArgumentParser] = (),
) -> ArgumentParser:
    """The arguments that all programs reading a config (and writing results) have in common.

    Those of ``parents`` come first.
    """
    parser = ArgumentParser(description=description, parents=[*parents])
    parser.add_argument('config', help='config file')
    if writes:
        parser.add_argument(
            '--work-dir', help='where results go (default: work_dirs/<config name>)'
        )
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=CfgOptions,
        default={},
        metavar='KEY=VALUE',
        help='override entries of the config, for example train_dataloader.batch_size=8 '
        'model.neck.in_channels="[64,128]"',
    )
    return parser


def runner_parser(description: str) -> ArgumentParser:
    """The arguments that all programs running a detector have in common."""
    parser = config_parser(description)
    parser.add_argument('--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none')
    # torch.distributed.launch passes it, in either spelling.
    parser.add_argument(
        '--local_rank', '--local-rank', type=int, default=0, help='set by launchers'
    )
    return parser


def resume_argument(parser: argparse.ArgumentParser) -> None:
    """For programs that can be interrupted: nothing, True, or the checkpoint to go on from."""
    parser.add_argument(
        '--resume',
        nargs='?',
        const=True,
        default=False,
        metavar='CHECKPOINT',
        help='go on from this checkpoint, or from the last one in the work directory',
    )


def custom_imports_argument(parser: argparse.ArgumentParser) -> None:
    """For programs that read architectures from files without a config."""
    parser.add_argument(
        '--custom-imports',
        nargs='+',
        default=[],
        metavar='MODULE',
        help='modules with blocks of your own; exported configs and work directories name theirs',
    )


def form_argument(parser: argparse.ArgumentParser) -> None:
    """For programs that read architectures from TinyNAS texts."""
    parser.add_argument(
        '--form',
        default='tinynas',
        help="what a TinyNAS text is built as: DAMO-YOLO's are read as damo-yolo (T, S), "
        'damo-yolo-csp (M, L) or damo-yolo-nano (default: tinynas)',
    )

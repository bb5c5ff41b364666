"""What the command-line programs share: arguments, checks of what the user gave, the runner.

Parsing and checking import no torch, so that help and refusals come at once.
"""

import argparse
import atexit
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, NoReturn

from pisnas_mm.checks import Problems, lines_of, shown
from pisnas_mm.utils.cfg_options import parse_options

if TYPE_CHECKING:
    from mmengine.config import Config
    from mmengine.runner import Runner

# The folders that MMDetection's datasets join with `data_root`; other prefixes may be unused.
IMAGE_PREFIXES = ('img', 'img_path', 'sub_data_root')


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn our own refusals into one line on stderr and exit code 2; also a decorator.

    By the house rule a ``ValueError`` (or ``OSError``) raised in this package is meant for the
    user. One that comes out of any other code is a bug and keeps its traceback.
    """
    try:
        yield
    except BrokenPipeError:  # the reader, for example `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (ValueError, OSError) as error:
        *_, (frame, _) = walk_tb(error.__traceback__)
        if frame.f_globals.get('__name__', '').partition('.')[0] != 'pisnas_mm':
            raise
        user_error(*(lines_of(error) if isinstance(error, Problems) else [_flat(error)]))


def user_error(*messages: str) -> NoReturn:
    """Say what the user should change, in one line for each problem, and leave."""
    if os.environ.get('RANK', '0') != '0':
        sys.exit(2)  # the first of several processes says the same
    for message in messages:
        print(f'error: {message}', file=sys.stderr)
    sys.exit(2)


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


def config_parser(description: str, *, writes: bool = True) -> ArgumentParser:
    """The arguments that all programs reading a config (and writing results) have in common."""
    parser = ArgumentParser(description=description)
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


def load_config(path: str, options: Mapping[str, Any] | None = None) -> 'Config':
    """Read a config and merge ``options``; its ``custom_imports`` wait for ``build_runner``.

    Raises:
        ValueError: The file is missing or not valid, or an option does not fit it.
    """
    from mmengine.config import Config

    from pisnas_mm.utils.inherited import resolve_bases

    if not Path(path).is_file():
        raise ValueError(f'config {path} not found; looked for {Path(path).absolute()}')
    try:
        cfg = Config.fromfile(path, import_custom_modules=False)
        resolve_bases(cfg, Path(path))
    except Exception as error:  # A config is a program and may raise anything.
        raise ValueError(
            f'config {path} cannot be read: {type(error).__name__}: {_flat(error)}'
        ) from error
    try:
        cfg.merge_from_dict(dict(options or {}))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f'--cfg-options do not fit config {path}: {_flat(error)}') from error
    return cfg


def load_detector(path: str, options: Mapping[str, Any] | None = None) -> 'Config':
    """Read a config as ``load_config`` does, and put in its ``own_data``, if there are any.

    Raises:
        ValueError: It is no detector's, or describes no data.
    """
    from pisnas_mm.datasets.own_data import put_own_data

    cfg = load_config(path, options)
    if 'model' not in cfg:
        raise ValueError(
            f'config {path} has no `model`; give the config of a detector, '
            f'for example one written by tools/search.py'
        )
    if 'own_data' in cfg:
        put_own_data(cfg, cfg.pop('own_data'), 'own_data')
    return cfg


def set_work_dir(cfg: 'Config', work_dir: str | None = None) -> None:
    """The argument wins over the config's own ``work_dir``, and that over the config's name."""
    cfg.work_dir = work_dir or cfg.get('work_dir') or f'work_dirs/{Path(cfg.filename).stem}'
    check_writable(cfg.work_dir, '--work-dir')


def check_writable(folder: str | Path, option: str) -> None:
    """Create a folder and try to write there.

    Raises:
        ValueError: It cannot be created or written.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise ValueError(
            f'folder {Path(folder).absolute()} cannot be written ({error.strerror}); '
            f'choose another with {option}'
        ) from error


def check_checkpoint(path: str, remedy: str) -> None:
    """Raise ``ValueError`` where a local checkpoint is missing; addresses are not looked up."""
    if '://' not in path and not Path(path).expanduser().is_file():
        where = Path(path).expanduser().absolute()
        raise ValueError(f'checkpoint {path} not found; looked for {where}; {remedy}')


def check_data(cfg: 'Config', *parts: str) -> None:
    """Look for the files that dataloaders and evaluators read, however deeply they are wrapped.

    Args:
        cfg: The whole config.
        parts: Its entries to look through, for example ``'train_dataloader'``.

    Raises:
        ValueError: An annotation file or a folder of images is missing.
    """
    for part in parts:
        for place, reader in _readers(cfg.get(part), part):
            for key, path in _local_paths(reader):
                if not path.exists():
                    raise ValueError(_missing_data(place, reader, key, path))


def _readers(cfg: Any, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every dict that names an annotation file or a data root, and where it stands."""
    if isinstance(cfg, Mapping) and ('ann_file' in cfg or 'data_root' in cfg):
        yield place, cfg
    if isinstance(cfg, (Mapping, list, tuple)):
        for key, child in cfg.items() if isinstance(cfg, Mapping) else enumerate(cfg):
            yield from _readers(child, f'{place}.{key}')


def _local_paths(reader: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Key and absolute path of what a dataset or metric reads; nothing for remote storage."""
    root = reader.get('data_root') or ''
    prefixes = reader.get('data_prefix') or {}
    names = {'ann_file': reader.get('ann_file')}
    names |= {f'data_prefix.{key}': prefixes[key] for key in IMAGE_PREFIXES if key in prefixes}
    for key, name in (names | {'data_root': root}).items():
        remote = '://' in f'{root}{name}' or reader.get('backend_args')
        if name and isinstance(name, str) and not remote:
            yield key, Path('' if key == 'data_root' else root, name).absolute()


def _missing_data(place: str, reader: Mapping[str, Any], key: str, path: Path) -> str:
    root = reader.get('data_root')
    folders = Path(root or path).parts
    if 'digits' in folders:
        folder = Path(*folders[: folders.index('digits') + 1])
        remedy = f'make it: python tools/make_digits.py {folder}'
    else:
        option = f'{place}.data_root=FOLDER' if root else f'{place}.{key}=PATH'
        remedy = f'put the data there, or say where it is: --cfg-options {option}'
    under = f' (data_root: {root})' if root else ''
    return f'{place}: {key} {path} not found{under}; {remedy}'


def import_modules(cfg: Mapping[str, Any], skip: str | None = None) -> None:
    """Import what the config's ``custom_imports`` asks for, but not the package ``skip``.

    Raises:
        ValueError: A module is not found, or misses another one.
    """
    from mmengine.utils import import_modules_from_strings

    wanted = cfg.get('custom_imports') or {}
    if not isinstance(wanted, Mapping):
        raise ValueError(
            f'custom_imports should be a dict such as dict(imports=[...]), but got {shown(wanted)}'
        )
    imports = wanted.get('imports') or []
    imports = [imports] if isinstance(imports, str) else imports
    found = [module for module in imports if module.partition('.')[0] != skip]
    try:
        import_modules_from_strings(**{**wanted, 'imports': found})
    except ImportError as error:
        raise ValueError(
            f'custom_imports: {_flat(error)} ({_flat(error.__context__ or error)}); a module of '
            f'your own is installed, or lies in a folder that PYTHONPATH names'
        ) from error


def custom_imports_argument(parser: argparse.ArgumentParser) -> None:
    """For programs that read architectures from files without a config."""
    parser.add_argument(
        '--custom-imports',
        nargs='+',
        default=[],
        metavar='MODULE',
        help='modules with blocks of your own; exported configs and work directories name theirs',
    )


def check_installed(*packages: str) -> None:
    """Raise ``ValueError`` where a package of the detector stack is missing."""
    for package in packages:
        if find_spec(package) is None:
            raise ValueError(f'{package} is not installed, but needed here; see docs/install.md')


def build_runner(cfg: 'Config', launcher: str = 'none', local_rank: int = 0) -> 'Runner':
    """Import what the config asks for and build its runner, on CPU where there is no GPU.

    Raises:
        ValueError: A package of the detector stack is not installed.
    """
    check_installed('torch', 'mmcv', 'mmdet')

    import torch
    from mmengine.registry import RUNNERS
    from mmengine.runner import Runner

    from pisnas_mm.models.safe_globals import allow_checkpoint_types

    allow_checkpoint_types()
    import_modules(cfg)
    cfg.launcher = launcher
    os.environ.setdefault('LOCAL_RANK', str(local_rank))
    if launcher == 'pytorch' and not torch.cuda.is_available():
        _distribute_on_cpu(cfg)
    return RUNNERS.build(cfg) if 'runner_type' in cfg else Runner.from_cfg(cfg)


def leave_group() -> None:
    """End this process when all of its group have come here; do nothing where there is no group."""
    import torch.distributed as dist

    if dist.is_available() and dist.is_initialized():
        dist.barrier()
        end_at_once()


def end_at_once() -> NoReturn:
    """End this process, successfully, without taking torch's threads down.

    Where processes have joined a group, that aborts one of them now and then, and torchrun then
    stops the others.
    """
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _distribute_on_cpu(cfg: 'Config') -> None:
    """MMEngine would ask for a GPU both when it joins the group and when it wraps the model."""
    import torch.distributed as dist

    cfg.sync_bn = None  # it needs a GPU, too

    if not dist.is_initialized():
        dist.init_process_group('gloo')
    cfg.setdefault(
        'model_wrapper_cfg',
        dict(
            type='MMDistributedDataParallel',
            device_ids=None,
            broadcast_buffers=False,
            find_unused_parameters=cfg.get('find_unused_parameters', False),
        ),
    )


def _flat(error: BaseException) -> str:
    """An exception's message on one line."""
    text = error.args[0] if isinstance(error, KeyError) and error.args else error
    return ' '.join(str(text).split())

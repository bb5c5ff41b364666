"""A training that ends evaluated, after all of its epochs or as a pause after some."""

from typing import Any

from mmengine.hooks import Hook


class EndAfter(Hook):
    """Ends a run after so many epochs; its length and its schedule stay as the config has them.

    Args:
        epochs: Counted from the beginning of the training, earlier runs included.
    """

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs

    def before_train(self, runner: Any) -> None:
        """A run that was killed after its last epoch, perhaps before the evaluation: evaluate."""
        if runner.epoch >= self.epochs:
            runner.train_loop.stop_training = True
            if runner.val_loop is not None:
                runner.val_loop.run()

    def after_train_epoch(self, runner: Any) -> None:
        # MMEngine's counter goes up after the hooks; the loop evaluates and then ends.
        if runner.epoch + 1 >= self.epochs:
            runner.train_loop.stop_training = True

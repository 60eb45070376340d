"""Training: recipes in, adapters and model folders out. Knows torch; nothing that serves imports it."""

from dragoman.learn.loop import train
from dragoman.learn.recipe import Recipe, read_recipe
from dragoman.learn.task import Task
from dragoman.learn.tasks import open_task

__all__ = ["Recipe", "Task", "open_task", "read_recipe", "train"]

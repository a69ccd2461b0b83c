"""predict() and goal(): the learner answers first."""

from widgets.quiz.goals import goal
from widgets.quiz.predict import Prediction, predict

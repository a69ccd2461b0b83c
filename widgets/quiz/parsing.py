"""What a learner typed -> a shape, a number or settings. What cannot be read gets a sentence, never a traceback."""

import ast
import inspect
import numbers
import operator
import re

from widgets.facts import is_whole, plain_numbers
from widgets.language import say, thousands

LONGEST = 200  # characters
LARGEST = 1000  # of one number in a layer's settings: a slip such as filters=10**9 must not fill the memory
# As they come from a text processor.
SIGNS = str.maketrans({"\u00d7": "*", "\u00b7": "*", "\u2212": "-", "\u2217": "*"})
DOES = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


class Unreadable(ValueError):
    """An answer that is no answer yet; its text says the rule, what came, and a way out."""


def read_shape(answer, example):
    """The answer as a tuple of whole numbers; "None" stays None, as Keras prints it for the batch.

    >>> read_shape("(4, 26, 26, 10)", ""), read_shape("4 26 26 10", ""), read_shape("4x26x26x10", "")
    ((4, 26, 26, 10), (4, 26, 26, 10), (4, 26, 26, 10))
    """
    if isinstance(answer, str):
        bare = re.sub(r"[\[\](){}]", " ", answer[:LONGEST].translate(SIGNS))
        parts = re.split(r"\s*[,;*]\s*|\s*(?<=[\d ])[xX](?=[\d ])\s*|\s+", bare.strip().rstrip(","))
        answer = [None if part == "None" else int(part) if re.fullmatch(r"\d{1,9}", part) else "?" for part in parts]
    try:
        sizes = tuple(None if size is None else operator.index(size) for size in answer)
    except TypeError:
        sizes = ()
    if not sizes or any(size is not None and size < 0 for size in sizes):
        raise Unreadable(say("reading.shape", example=example))
    return sizes


def read_number(answer, example):
    """The answer as a number; sums, differences and products of numbers are worked out, on both sides of a "=".

    A comma may group digits by threes, or else stand for the point.

    >>> read_number("3*3*12*10 + 10", ""), read_number("1,090", ""), read_number(" 2 x 3 = 6", "")
    (1090, 1090, 6)
    >>> read_number("0,5*3", "")
    1.5
    """
    if isinstance(answer, str):
        text = re.sub(r"(?<=[\d)])\s*[xX]\s*(?=[\d(-])", "*", answer.translate(SIGNS))
        *before, last = [side.strip() for side in text[: LONGEST + 1].split("=")]
        value = _side(last) if len(answer) <= LONGEST else None
        if value is None:
            raise Unreadable(say("reading.number", received=_short(answer), example=example))
        for side in before:  # a name may stand there as well: parameters = 3*3*2 + 2
            if _side(side) not in (None, value):
                raise Unreadable(say("reading.unequal", left=side, value=thousands(_side(side))))
        return value
    answer = answer.item() if getattr(answer, "size", 0) == 1 and hasattr(answer, "item") else answer
    answer = answer.numpy().item() if hasattr(answer, "numpy") and getattr(answer, "shape", None) == () else answer
    try:
        if isinstance(answer, bool) or not isinstance(answer, numbers.Real):
            raise TypeError
        return answer if isinstance(answer, int) and float(answer) == answer else float(answer)
    except (TypeError, OverflowError):
        raise Unreadable(say("reading.number", received=_short(answer), example=example)) from None


def _side(text):
    """One side of a "=" as a number; None where it is none."""
    text = re.sub(r"(?<![\w.,])([1-9]\d{0,2})((?:,\d{3})+)(?![\w.,])", lambda m: m[1] + m[2].replace(",", ""), text)
    text = re.sub(r"(?<![\w.,])(\d+),(\d+)(?![\w.,])", r"\1.\2", text)
    if not re.fullmatch(r"[\d.eE+\-*() \t]*", text):  # Python reads more as numbers: 0x10, 1_000, 5 # five
        return None
    try:
        return _worked_out(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


def read_settings(answer, layer_class, kind, example):
    """The answer as a dict of settings: from a dict, a text such as "strides=2", a whole call, or a layer.

    `kind` is the layer's, see `KINDS`. Only literals are read; no code is run.
    """
    rules, axes = kind.settings, len(kind.axes)
    if type(answer) is layer_class:
        return {name: getattr(answer, name) for name in rules}
    if isinstance(answer, str):
        answer = _arguments(answer[: LONGEST + 1], layer_class, example)
    if not isinstance(answer, dict) or not all(isinstance(name, str) for name in answer):
        raise Unreadable(say("reading.settings", received=_short(answer), example=example))
    for name, value in answer.items():
        if name not in rules:
            raise Unreadable(say("reading.setting", known=", ".join(rules), received=_short(name)))
        if not _fits(rules[name], value, axes):
            rule = say(f"rule.{type(rules[name]).__name__}", low=getattr(rules[name], "low", 1), most=LARGEST)
            raise Unreadable(say("reading.value", name=name, rule=rule, received=_short(value)))
    return {name: plain_numbers(value) for name, value in answer.items()}


def _worked_out(node):
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        value = _worked_out(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and type(node.op) in DOES:
        return DOES[type(node.op)](_worked_out(node.left), _worked_out(node.right))
    raise ValueError


def _arguments(text, layer_class, example):
    """The arguments in "layers.Conv2D(6, 3, strides=2)" or in "filters=6, strides=2"."""
    unreadable = Unreadable(say("reading.settings", received=_short(text), example=example))
    whole = re.match(r"\s*(?:[\w.]*\.)?(\w+)\s*\(", text)
    if whole and whole[1] != layer_class.__name__:
        raise Unreadable(say("reading.class", wanted=layer_class.__name__, received=_short(whole[1])))
    try:
        call = ast.parse(text.strip() if whole else f"layer({text})", mode="eval").body
        names = [name for name in inspect.signature(layer_class.__init__).parameters if name != "self"]
        given = dict(zip(names, map(ast.literal_eval, call.args)))
        given |= {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (SyntaxError, ValueError, AttributeError, TypeError, RecursionError, MemoryError):
        raise unreadable from None
    if len(text) > LONGEST or None in given or len(call.args) > len(names):
        raise unreadable
    return given


def _fits(rule, value, axes):
    """Whether Keras should be asked about this value at all."""
    numbers = filter(is_whole, value if isinstance(value, (tuple, list)) else [value])
    return rule.takes(value, axes) and all(rule.low <= number <= LARGEST for number in numbers)


def _short(received):
    try:
        text = received if isinstance(received, str) else repr(received)
    except ValueError:  # a whole number of thousands of digits
        text = type(received).__name__
    return text if len(text) <= 40 else text[:37] + "..."

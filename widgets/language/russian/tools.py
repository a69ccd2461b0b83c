"""Что написано на инструментах и что они говорят, когда их вызвали неверно."""

PICTURE = {
    "input": "Вход",
    "output": "Выход",
    "between": "Между",
    "after_layer": "После слоя {number}",
    "stretched": "Раздвинутый вход",
    "nothing_to_draw": "При этих настройках выхода нет, поэтому нет и рисунка: {problem}",
    "unknown_view": "Для этого слоя `view` — это {options}. Получено: {received}.",
    "refused": "отказ",
    "hidden": "скрыто",
}

CONTROLS = {
    "unknown_setting": "`settings` — это словарь с именами: {known}. Получено: {received}. Попробуем одно из них.",
    "bad_setting": "`{name}` — это {rule}. Получено: {received}. Попробуем {name}={example!r}.",
    "rule_shape": "целые числа не меньше 1, всего {rank}, первое из них {batch}",
    "rule_flag": "True или False",
    "along": "{name} {axis}",
    "input": "вход",
    "square": "квадрат",
    "cube": "куб",
    "reset": "Сначала",
    "unknown_control": "`controls` — это список некоторых из имён: {known}. Получено: {received}. Попробуем controls=[{example!r}].",
    "no_layer": "Для `explore` нужен слой или состояние. Не получено ни того, ни другого. Попробуем `explore(layers.Conv2D(1, 3))`.",
    "state_and_layer": "`explore` берёт слой или состояние, а получено и то, и другое. Попробуем `explore(state=state)`.",
    "bad_file": "`path` должен оканчиваться на .png, .gif или .html. Получено: {received}. Попробуем `e.save('picture.png')`.",
    "bad_cell": "`index` — это место одной клетки `y`, форма которого {shape}. Получено: {received!r}. Попробуем `e.start_at({example})`.",
    "bad_question": "`question` — это текст, например 'Какие строки не прочитаны?'. Получено: {received}. Если вопрос не нужен, уберём `question`.",
    "unknown_language": "`language` — это {known}. Получено: {received}. Попробуем set_language({example!r}).",
}

EDITING = {
    "kernel": "ядро",
    "turn": "повернуть ядро",
    "image": "изображение",
    "image_size": "размер изображения",
    "as_given": "как дано",
    "the_boat": "кораблик",
    "photo_grey": "фотография, серая",
    "photo_colour": "фотография, цветная",
    "own_grey": "моё, серое",
    "own_colour": "моё, цветное",
    "image_large": "В изображении может быть не больше {limit} мегапикселей. Получено мегапикселей: {received}. Попробуем копию поменьше.",
    "many": "намного больше",
    "image_damaged": "Файл должен быть изображением в одном из форматов: {formats}. Этот прочитать не удалось. Попробуем открыть его в другой программе и сохранить заново.",
    "stamp_unturned": "Каждая клетка входа ставит отпечаток ядра как есть.",
    "stamp_turned": "Ядро повёрнуто на пол-оборота: повёрнут и каждый отпечаток.",
    "kernel_unturned": "Keras умножает на ядро как есть: это взаимная корреляция.",
    "kernel_turned": "Ядро повёрнуто на пол-оборота: теперь суммы Keras — это математическая свёртка с прежним ядром.",
}

PRESET = {
    "as_it_is": "как есть",
    "identity": "тождественное",
    "box": "среднее",
    "Gaussian": "Гаусс",
    "X": "X",
    "sharpen": "резкость",
    "Sobel_left_to_right": "Собель, слева направо",
    "Sobel_top_to_bottom": "Собель, сверху вниз",
    "Laplacian": "Лаплас",
    "emboss": "рельеф",
    "random": "случайное",
}

CHAIN = {
    "first_drawn": "первый слой рисунка",
    "drawn": "слоёв на рисунке",
    "sliders_for": "ползунки слоя",
    "add_layer": "Добавить слой",
    "remove_layer": "Убрать его",
    "other_layers": "Это уже не слои модели. Чтобы вернуть их, запустим ячейку ещё раз или изменим <em>{first}</em> или <em>{drawn}</em>.",
    "no_convolution": "Среди нарисованных слоёв нет свёртки.",
    "nothing_to_set": "Свёрток на рисунке нет, настраивать нечего. Получено: {received}. Попробуем другой «первый слой рисунка».",
}

SHARING = {
    "bad_state": "`state` — это текст, который дал `state` другого инструмента. {reason} Попробуем скопировать его ещё раз, от первой скобки до последней.",
    "state_damage": "Что не так: {reason}.",
    "state_lacks": "Состояние этого инструмента нельзя записать текстом: {reason}. Попробуем слой, все аргументы которого даёт сам Keras.",
    "received": "Получено: {received}.",
    "beginning": 'он должен начинаться с {{"explore":{version}',
    "no_layer": "в нём не назван слой",
    "unknown_layer": "слой {received} неизвестен",
    "unknown_setting": "у {layer} нет настройки {received}",
    "odd_setting": "{name} — не целое число, не слово и не несколько таких",
    "unknown_weight": "у слоя нет весов {received}",
    "too_large": "{size} байт — слишком много",
    "other_size": "чисел в тексте {received}, а нужно {size}",
    "odd_point": "сдвинутая точка записывается пятью целыми числами и ещё двумя числами",
    "state_refused": "При этих настройках выхода нет, поэтому нет и слоя, состояние которого можно сохранить. {advice}",
}

COMPARE = {
    "compared_on": "x: {shape}",
    "refused": "отказ:",
    "layers": {
        "one": "{count} слой",
        "few": "{count} слоя",
        "many": "{count} слоёв",
        "other": "{count} слоя",
    },
    "a_class": "{name} (класс)",
    "sort_by": "порядок",
    "largest_first": "сначала большие",
    "measure": "Измерить время",
    "thumbnail": "первый канал выхода",
    "not_a_list": "`layers` — это список слоёв Keras, от 1 до {most}. Получено: {received}. Попробуем `compare([layers.Conv2D(6, 2), layers.SeparableConv2D(6, 2)], x)`.",
    "not_compared": "В `layers` могут быть слои Keras и модели Sequential. Получено: {received}. Попробуем `compare([layers.Conv2D(6, 2), layers.MaxPooling2D(2)], x)`.",
    "not_a_stack": "Из моделей `layers` берёт Sequential, внутри которых нет другой модели. Получено: {received}. Попробуем `explore(model, x)`: он перечислит слои любой модели.",
    "empty_stack": "В модели Sequential из `layers` должен быть слой. Получена модель без слоёв. Попробуем `keras.Sequential([layers.Conv2D(1, 3)])`.",
    "mixed_ranks": "У всех `layers` должно быть одно и то же число пространственных осей: они читают один и тот же x. Получено осей: {received}. Попробуем отдельное сравнение для каждого числа осей.",
    "not_a_column": "`by` — это {options}. Получено: {received!r}. Попробуем `sort('params')`.",
}

COLUMN = {
    "given": "порядок списка",
    "code": "слой",
    "output_shape": "выход",
    "weights": "веса",
    "params": "параметры",
    "params_formula": "параметры",
    "macs": "умножений на пример",
    "receptive_field": "рецептивное поле",
    "ms": "мс, измерено здесь",
}

FIELD = {
    "plain": "{sizes}",
    "transposed": "до {sizes}",
    "deformable": "{sizes}, со сдвигом",
}

CONNECTION = {
    "gone": "Ядро перезапущено или остановлено: запустите ещё раз ячейки до этой. Ячеек нет? Обновите страницу.",
    "waiting": "Ядро всё ещё не отвечает. Если его перезапустили или остановили, запустите ещё раз ячейки до этой.",
    "running": "Работает другая ячейка. Этот инструмент ответит, когда она закончит.",
    "deaf": "Браузер был слишком занят, когда открывался инструмент, и изменений теперь не видно: запустите ячейку ещё раз.",
}

PAGE = {
    "controls": "Настройки",
    "copy_link": "Копировать ссылку",
    "address": "Адрес этой настройки",
    "damaged_address": "В адресе названа настройка, которой на этой странице нет. Показано начальное состояние.",
    "fixed": "На этой странице не меняются: {names}.",
    "kernel_adds": "Всё здесь посчитал Keras, когда страница создавалась. В ноутбуке можно ещё менять клетки и веса вручную, взять своё изображение, двигать каждую настройку и сохранять рисунки.",
    "open_in_browser": "Откройте этот файл в современном браузере с JavaScript: там настройки двигаются, и можно указывать на клетки.",
    "estimate": {
        "one": "{count} состояние, около {seconds} с",
        "few": "{count} состояния, около {seconds} с",
        "many": "{count} состояний, около {seconds} с",
        "other": "{count} состояния, около {seconds} с",
    },
    "too_much": "У страницы может быть не больше {most_states} состояний, {most_seconds} с и {most_size} МБ. Получено: {product} = {states} состояний, около {seconds} с и {size} МБ. Попробуем controls={example!r}: без {left_out}.",
}

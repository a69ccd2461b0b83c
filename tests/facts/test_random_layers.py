"""The random judge leaves no layer of Keras out without a reason, nor an operation."""

import inspect

from keras import layers, ops
from random_layers import KNOWN, MERGES, OPS, OTHER

LAYERS_LEFT_OUT = {
    "no layer that is called by itself": (
        "GRUCell LSTMCell SimpleRNNCell StackedRNNCells InputLayer InputSpec Layer Pipeline"
    ),
    "takes a module of another library": "FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper",
    "takes words or classes, not numbers": (
        "CategoryEncoding Discretization HashedCrossing Hashing IntegerLookup MaxNumBoundingBoxes "
        "StringLookup TextVectorization"
    ),
    "takes other axes": "ConvLSTM3D RepeatVector Embedding ReversibleEmbedding MelSpectrogram STFTSpectrogram",
    "takes two inputs, and drops axes": "Dot",
    "changes pictures at random, and only in training": (
        "AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization MixUp "
        "RandAugment Solarization"
    ),
}
RANDOM = "Random"  # so do all whose names begin so
OPS_LEFT_OUT = {
    "each number of its own (measured one by one in test_measure.py where it is listed)": (
        "abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh bitwise_invert bitwise_not cast cbrt "
        "ceil celu clip conj conjugate copy cos cosh deg2rad elu erf erfc erfinv exp exp2 expm1 fabs floor "
        "gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh heaviside i0 imag isfinite isinf isnan "
        "isneginf isposinf isreal leaky_relu log log10 log1p log2 log_sigmoid logical_not nan_to_num negative "
        "polar rad2deg real reciprocal relu relu6 round rsqrt saturate_cast selu sigmoid sign signbit silu "
        "sin sinc sinh soft_shrink softplus softsign sparse_plus sparse_sigmoid sqrt square squareplus "
        "stop_gradient swish tan tanh tanh_shrink threshold trunc digitize identity"
    ),
    "the numbers in one place of several inputs": (
        "add arctan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor divide "
        "divide_no_nan equal floor_divide fmax fmin fmod gcd greater greater_equal hypot isclose lcm ldexp "
        "left_shift less less_equal logaddexp logaddexp2 logical_and logical_or logical_xor maximum minimum "
        "mod multiply nextafter not_equal power right_shift select sparse_sigmoid subtract true_divide where"
    ),
    "one sum or the like along axes, as `mean` and `max` are": (
        "all amax amin any argmax argmin average bincount count_nonzero logsumexp median min moments "
        "nanargmax nanargmin nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum "
        "nanvar norm percentile prod ptp quantile std sum trapezoid var"
    ),
    "along one axis, as `cumsum`, `sort` and `softmax` are": (
        "argpartition argsort cumprod nancumprod nancumsum glu log_softmax sparsemax normalize "
        "layer_normalization rms_normalization batch_normalization top_k associative_scan scan"
    ),
    "moves axes or cells, as `transpose`, `flip` and `reshape` do": (
        "expand_dims squeeze ravel rearrange rot90 fliplr flipud stack hstack vstack dstack split array_split "
        "hsplit vsplit dsplit unstack append broadcast_to view take_along_axis unravel_index"
    ),
    "no tensor of a picture goes in": (
        "arange array bartlett blackman convert_to_tensor empty empty_like eye full full_like geomspace "
        "hamming hanning kaiser linspace logspace meshgrid ones ones_like tri zeros zeros_like multi_hot "
        "one_hot vander"
    ),
    "asks, controls or counts": (
        "allclose cond convert_to_numpy custom_gradient dtype fori_loop histogram in_top_k is_tensor isin jvp "
        "map ndim nonzero searchsorted shape size switch unique vectorize vectorized_map while_loop"
    ),
    "puts values at places that are given": (
        "scatter scatter_update slice_update segment_max segment_min segment_prod segment_sum"
    ),
    "linear algebra of matrices": (
        "cdist cholesky cholesky_inverse corrcoef correlate cross det diag diagflat diagonal dot eig eigh "
        "inner inv kron logdet lstsq lu_factor matrix_rank outer pinv qr slogdet solve solve_triangular svd "
        "tensordot trace tril triu vdot"
    ),
    "complex numbers and sound": (
        "extract_sequences fft fft2 ifft2 irfft istft rfft stft view_as_complex view_as_real"
    ),
    "a loss": ("binary_crossentropy categorical_crossentropy ctc_decode ctc_loss psnr sparse_categorical_crossentropy"),
    "has a layer of its own above": "dot_product_attention",
    "gives or takes patches as channels, as `image.extract_patches` does": "fold unfold",
}
IMAGE_LEFT_OUT = {
    "moves pictures by tables that are given": (
        "affine_transform map_coordinates perspective_transform scale_and_translate"
    ),
    "is random": "elastic_transform",
    "takes three channels that are colours": "hsv_to_rgb rgb_to_hsv rgb_to_grayscale",
    "a measure of two pictures": "ssim",
    "takes five axes alone, as `image.extract_patches` takes four": "extract_patches_3d",
    "gives an axis more": "sobel_edges",
}


def names(reasons):
    return {name for some in reasons.values() for name in some.split()}


def public(module, kind):
    """The names of a module, of several for one thing only its own."""
    return {
        n for n, one in vars(module).items() if kind(one) and not n.startswith("_") and n in (one.__name__, n.lower())
    }


def test_the_judge_draws_every_layer_of_keras_or_says_why_not():
    drawn = {name.format(n) for name in KNOWN | OTHER for n in (1, 2, 3)} | set(MERGES)
    missing = public(layers, inspect.isclass) - drawn - names(LAYERS_LEFT_OUT)
    assert {name for name in missing if not name.startswith(RANDOM)} == set()
    assert names(LAYERS_LEFT_OUT) & drawn == set()


def test_the_judge_draws_every_operation_over_space_or_says_why_not():
    assert public(ops, inspect.isfunction) - OPS.keys() - names(OPS_LEFT_OUT) == set()
    image = {name.split(".")[1] for name in OPS if "." in name}
    assert public(ops.image, inspect.isfunction) - image - names(IMAGE_LEFT_OUT) == set()
    assert (names(OPS_LEFT_OUT) & OPS.keys(), names(IMAGE_LEFT_OUT) & image) == (set(), set())

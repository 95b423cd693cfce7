"""The normal distribution: distribution function and quantiles to nearly double precision, by position-blind steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from products.costs.elementary import exponential, logarithm

Floats = npt.NDArray[np.float64]

# J. F. Hart et al., Computer Approximations (1968), algorithm 5666, as given by G. West (2005); highest power first.
_HART_ABOVE: Final = (
    *(3.52624965998911e-02, 0.700383064443688, 6.37396220353165, 33.912866078383),
    *(112.079291497871, 221.213596169931, 220.206867912376),
)
_HART_BELOW: Final = (
    *(8.83883476483184e-02, 1.75566716318264, 16.064177579207, 86.7807322029461),
    *(296.564248779674, 637.333633378831, 793.826512519948, 440.413735824752),
)
_TAIL_FROM: Final = 7.07106781186547
_ROOT_TWO_PI: Final = 2.506628274631000502

# M. J. Wichura, algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477-484; highest power first.
_CENTRE_ABOVE: Final = (
    *(2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4),
    *(1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080),
)
_CENTRE_BELOW: Final = (
    *(5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4),
    *(5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)
_NEAR_ABOVE: Final = (
    *(7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258),
    *(3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734),
)
_NEAR_BELOW: Final = (
    *(1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1),
    *(6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1.0),
)
_FAR_ABOVE: Final = (
    *(2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2),
    *(2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720),
)
_FAR_BELOW: Final = (
    *(2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4),
    *(1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)


def _polynomial(coefficients: Sequence[float], x: Floats) -> Floats:
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value


def cumulative(x: Floats) -> Floats:
    """Probability that a standard normal variable is at most ``x``; absolute error below 1e-14."""
    size = np.minimum(np.abs(x), 38.0)
    density = exponential(-size * size / 2.0)
    centre = density * _polynomial(_HART_ABOVE, size) / _polynomial(_HART_BELOW, size)
    fraction = size + 0.65
    for step in (4.0, 3.0, 2.0, 1.0):
        fraction = size + step / fraction
    tail = np.where(size < _TAIL_FROM, centre, density / (fraction * _ROOT_TWO_PI))
    return np.where(x > 0.0, 1.0 - tail, tail)


def quantile(probability: Floats) -> Floats:
    """The value a standard normal variable does not exceed with ``probability``; relative error about 1e-16.

    ValueError unless every probability lies strictly between 0 and 1.
    """
    if not ((probability > 0.0) & (probability < 1.0)).all():
        raise ValueError("A normal quantile needs probabilities strictly between 0 and 1; apply a floor first.")
    distance = probability - 0.5
    square = np.maximum(0.180625 - distance * distance, 0.0)
    centre = distance * _polynomial(_CENTRE_ABOVE, square) / _polynomial(_CENTRE_BELOW, square)
    tail = np.sqrt(-logarithm(np.minimum(probability, 1.0 - probability)))
    near = _polynomial(_NEAR_ABOVE, tail - 1.6) / _polynomial(_NEAR_BELOW, tail - 1.6)
    far = _polynomial(_FAR_ABOVE, tail - 5.0) / _polynomial(_FAR_BELOW, tail - 5.0)
    outside = np.copysign(np.where(tail <= 5.0, near, far), distance)
    return np.where(np.abs(distance) <= 0.425, centre, outside)

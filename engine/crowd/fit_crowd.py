"""Fits the parameters of enginetest.Crowd to real templates and writes them as JSON to standard output.

    python fit_crowd.py ../../../shared/testdata/templates > crowd.json

It needs numpy and scikit-learn (.ci/peers search has them). What it writes are statistics of thousands of people, in axes that it does not write:
no template, and no direction in the space of templates, can be had from them.
"""

import csv
import json
import sys

import numpy as np
from sklearn.mixture import GaussianMixture

AXES = 80  # the templates lie in so many dimensions: beyond, their variance is below 1e-6
KINDS = 32  # parts of the mixture; each stands for some 80 people or more


def statistics(x, who, sizes):
    """Mean, axes, and the photos' variances in them."""
    centres = np.zeros((len(sizes), x.shape[1]))
    np.add.at(centres, who, x)
    centres /= sizes[:, None]
    rest = x - centres[who]
    within = rest.T @ rest / (len(x) - len(sizes))
    mean = centres.mean(0)
    between = np.cov((centres - mean).T) - within * (1 / sizes).mean()
    values, axes = np.linalg.eigh(between + within)
    axes = axes[:, ::-1][:, :AXES]
    print("variance outside the axes:", values[:-AXES].sum(), "of", values.sum(), file=sys.stderr)
    return mean, axes, np.einsum("da,de,ea->a", axes, within, axes), rest


def spread_of_squares(kinds, photo, power, seed):
    """The standard deviation of the squared distance of a photo from the mean, if radii are raised to a power."""
    people = draw_people(kinds, power, 40000, seed)
    photos = people + np.random.default_rng(seed + 1).standard_normal(people.shape) * photo
    return (photos**2).sum(1).std(), (people**2).sum(1).mean()


def draw_people(kinds, power, n, seed):
    """People as Crowd draws them."""
    rng = np.random.default_rng(seed)
    share = np.array([k["share"] for k in kinds])
    kind = rng.choice(len(kinds), n, p=share / share.sum())
    mean, sd = (np.array([k[name] for k in kinds]) for name in ("mean", "sd"))
    people = mean[kind] + rng.standard_normal((n, mean.shape[1])) * sd[kind]
    radius = np.sqrt((people**2).sum(1))
    usual = np.sqrt((radius**2).mean())
    return people * ((radius / usual) ** (power - 1))[:, None]


def shares(values):
    return np.quantile(values, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999])


def fit_quality(rest, who, sizes, photo):
    """How much photos scatter: log-normal by person and by photo, and some that are off by more."""
    def scatter(rest):
        known = sizes[who] >= 2
        squares = (rest**2).sum(1)[known] * (sizes[who[known]] / (sizes[who[known]] - 1.0))
        return shares(squares / squares.mean())

    real = scatter(rest)
    best = None
    for person in (0.05, 0.08, 0.11):
        for photo_sd in (0.09, 0.11, 0.13, 0.15):
            for tail, factor in ((0, 1), (0.01, 1.7), (0.02, 1.5), (0.02, 1.7), (0.01, 2.0), (0.03, 1.5)):
                rng = np.random.default_rng(5)
                scale = np.exp(person * rng.standard_normal(len(sizes)))[who] * np.exp(photo_sd * rng.standard_normal(len(who)))
                scale[rng.random(len(who)) < tail] *= factor
                drawn = rng.standard_normal((len(who), AXES)) * photo * scale[:, None]
                centres = np.zeros((len(sizes), AXES))
                np.add.at(centres, who, drawn)
                got = scatter(drawn - (centres / sizes[:, None])[who])
                off = np.abs(np.log(got / real)).sum()
                if best is None or off < best[0]:
                    best = (off, got, {"person": person, "photo": photo_sd, "tail": tail, "factor": factor, "squares": (scale**2).mean()})
    print("squares of photos' scatter, real and drawn:", real.round(2), best[1].round(2), best[2], file=sys.stderr)
    return best[2]


def main():
    folder = sys.argv[1]
    x = np.load(folder + "/lfw.npy").astype("f8")
    with open(folder + "/lfw.csv", newline="", encoding="utf-8") as file:
        names = [row[1] for row in csv.reader(file)][1:]
    _, first, who = np.unique(names, return_index=True, return_inverse=True)
    sizes = np.bincount(who)
    mean, axes, within, rest = statistics(x, who, sizes)
    photo = np.sqrt(np.maximum(within, 0))
    quality = fit_quality(rest, who, sizes, photo)
    photo = photo / np.sqrt(quality.pop("squares"))

    one = (x[first] - mean) @ axes  # a photo of each person
    mixture = GaussianMixture(KINDS, covariance_type="diag", random_state=0, reg_covar=1e-7, max_iter=500).fit(one)
    # Of people, without their photos' scatter. What is left by that is too little for the narrowest kinds: with at least half of the whole, faces have
    # as many near strangers as real ones do (of 11,411, within .5: 1.8 on average, real ones 2.1; with a twentieth: 4.3).
    variances = np.maximum(mixture.covariances_ - within, 0.5 * mixture.covariances_)
    kinds = [{"share": s, "mean": m, "sd": v} for s, m, v in zip(mixture.weights_, mixture.means_, np.sqrt(variances))]
    wanted = (one**2).sum(1).std()
    low, high = 0.05, 1.0
    for _ in range(12):
        power = (low + high) / 2
        got, squares = spread_of_squares(kinds, np.sqrt(np.maximum(within, 0)), power, 1)
        low, high = (power, high) if got < wanted else (low, power)
    total = (one**2).sum(1).mean() - within.sum()
    print("power", power, "squared radius of people", squares, "wanted", total, "spread", got, "wanted", wanted, file=sys.stderr)

    centre = mean @ axes
    usual = np.sqrt((draw_people(kinds, 1.0, 40000, 2) ** 2).sum(1).mean())
    listed = lambda values, digits: [float(f"{v:.{digits}g}") for v in values]
    histogram = np.bincount(sizes)
    print(json.dumps({
        "mean": listed(centre, 4), "aside": round(float(np.sqrt(mean @ mean - centre @ centre)), 4), "photo": listed(photo, 4),
        "radius": round(float(usual), 5), "power": round(float(power), 3), "scale": round(float(np.sqrt(total / squares)), 4), "quality": quality,
        "sizes": [[int(n), int(histogram[n])] for n in np.flatnonzero(histogram)],
        "kinds": [{"share": round(float(k["share"]), 5), "mean": listed(k["mean"], 3), "sd": listed(k["sd"], 3)} for k in kinds],
    }, separators=(",", ":")).replace('"kinds":', '\n"kinds":').replace('{"share"', '\n{"share"'))


if __name__ == "__main__":
    main()

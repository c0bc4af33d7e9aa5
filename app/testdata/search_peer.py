"""faiss, hnswlib, usearch and scikit-learn as one process that is asked line by line; make bench-search compares Gabarit's search
to them. It runs in the environment that `.ci/peers search` makes.

One thread everywhere. Vectors and queries are arrays of float32 in .npy files, mapped into memory. Times are measured here, around the library's
call alone: "cpu" is processor time of the whole process (CLOCK_PROCESS_CPUTIME_ID), "wall" is wall time, both in seconds. "bytes" is
how much anonymous memory of the process grew: mapped files are not in it. Distances are told as distances, not as squares.

Standard input: a JSON document a line, with "do" and what the function of that name below takes.
Standard output: a JSON document a line, {"error": "..."} where something fails. It ends with the end of its input.
"""

import json
import os
import sys
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import faiss
import hnswlib
import numpy
import usearch.index

faiss.omp_set_num_threads(1)
BLOCK = 10000  # vectors that are added at a time


def clock():
    return time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID), time.perf_counter()


def since(start):
    now = clock()
    return {"cpu": now[0] - start[0], "wall": now[1] - start[1]}


def anonymous():
    """Bytes of anonymous memory that the process holds."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError("no RssAnon in /proc/self/status")


class Flat:
    """faiss.IndexFlatL2."""

    def build(self, vectors, m, effort):
        self.index = faiss.IndexFlatL2(vectors.shape[1])
        for first in range(0, len(vectors), BLOCK):
            self.index.add(vectors[first : first + BLOCK])

    def nearest(self, query, k, ef):
        _, ids = self.index.search(query, k)
        return ids[0]

    def within(self, query, distance):
        _, _, ids = self.index.range_search(query, distance * distance)
        return ids

    def insert(self, row, vector):
        self.index.add(vector)

    def delete(self, row):
        self.index.remove_ids(numpy.array([row], dtype="int64"))


class Mapped(Flat):
    """faiss.knn on the mapped vectors: the same computation as IndexFlatL2, without a copy of them."""

    def build(self, vectors, m, effort):
        self.vectors = vectors

    def nearest(self, query, k, ef):
        _, ids = faiss.knn(query, self.vectors, k)
        return ids[0]

    def within(self, query, distance):
        found = faiss.RangeSearchResult(1)
        faiss.range_search_L2sqr(
            faiss.swig_ptr(query), faiss.swig_ptr(self.vectors), query.shape[1], 1, len(self.vectors), distance * distance, found)
        count = int(faiss.rev_swig_ptr(found.lims, 2)[1])
        return faiss.rev_swig_ptr(found.labels, count).copy()


class Hnswlib:
    ROOM = 1000  # for insertions

    def build(self, vectors, m, effort):
        self.index = hnswlib.Index(space="l2", dim=vectors.shape[1])
        self.index.init_index(max_elements=len(vectors) + self.ROOM, M=m, ef_construction=effort, random_seed=1)
        self.index.set_num_threads(1)
        for first in range(0, len(vectors), BLOCK):
            block = vectors[first : first + BLOCK]
            self.index.add_items(block, numpy.arange(first, first + len(block)), num_threads=1)

    def save(self, path):
        self.index.save_index(path)

    def load(self, path, vectors, m, effort):
        self.index = hnswlib.Index(space="l2", dim=vectors.shape[1])
        self.index.load_index(path, max_elements=len(vectors) + self.ROOM)
        self.index.set_num_threads(1)

    def nearest(self, query, k, ef):
        self.index.set_ef(ef)
        ids, _ = self.index.knn_query(query, k=k, num_threads=1)
        return ids[0]

    def insert(self, row, vector):
        self.index.add_items(vector, numpy.array([row]), num_threads=1)

    def delete(self, row):
        self.index.mark_deleted(row)


class Usearch:
    def build(self, vectors, m, effort):
        self.index = usearch.index.Index(ndim=vectors.shape[1], metric="l2sq", dtype="f32", connectivity=m, expansion_add=effort)
        for first in range(0, len(vectors), BLOCK):
            block = vectors[first : first + BLOCK]
            self.index.add(numpy.arange(first, first + len(block)), block, threads=1)

    def save(self, path):
        self.index.save(path)

    def load(self, path, vectors, m, effort):
        self.index = usearch.index.Index(ndim=vectors.shape[1], metric="l2sq", dtype="f32", connectivity=m, expansion_add=effort)
        self.index.load(path)

    def nearest(self, query, k, ef):
        self.index.expansion_search = ef
        found = self.index.search(query[0], k, threads=1)
        return found.keys

    def insert(self, row, vector):
        self.index.add(row, vector[0], threads=1)

    def delete(self, row):
        self.index.remove(row)


KINDS = {"flat": Flat, "mapped": Mapped, "hnswlib": Hnswlib, "usearch": Usearch}


class Peer:
    def __init__(self):
        self.methods = {}

    def open(self, vectors, queries):
        self.vectors = numpy.load(vectors, mmap_mode="r")
        self.queries = numpy.load(queries)
        return {"faces": len(self.vectors), "queries": len(self.queries)}

    def build(self, name, kind, faces=0, m=0, effort=0, file=""):
        """Builds an index of the first faces, all if 0. With a file: loads it from there if it is there, else saves it; what the building cost is
        kept in file.json, since it is hours for the largest."""
        index, start, before = KINDS[kind](), clock(), anonymous()
        vectors = self.vectors[: faces or len(self.vectors)]
        if file and os.path.exists(file + ".json"):
            index.load(file, vectors, m, effort)
            with open(file + ".json", encoding="utf-8") as side:
                cost = json.load(side) | {"cached": True}
        else:
            index.build(vectors, m, effort)
            cost = since(start)
            if file:
                index.save(file + ".part")
                os.replace(file + ".part", file)
                with open(file + ".json", "w", encoding="utf-8") as side:
                    json.dump(cost, side)
        self.methods[name] = index
        return cost | {"bytes": anonymous() - before}

    def drop(self, name):
        del self.methods[name]
        return {}

    def ask(self, name, query, k=0, within=0.0, ef=0):
        """The k nearest of a query, or all within a distance."""
        index, vector = self.methods[name], self.queries[query : query + 1]
        start = clock()
        ids = index.within(vector, within) if within else index.nearest(vector, k, ef)
        return since(start) | {"ids": ids.tolist()}

    def insert(self, name, first, count):
        """Adds queries one by one, numbered after the vectors."""
        start = clock()
        for i in range(first, first + count):
            self.methods[name].insert(len(self.vectors) + i, self.queries[i : i + 1])
        return since(start)

    def delete(self, name, rows):
        start = clock()
        for row in sorted(rows, reverse=True):  # faiss numbers by place: what comes after a deleted one moves up
            self.methods[name].delete(row)
        return since(start)

    def pairs(self, name, rows, within):
        """All neighbours of the first rows, in blocks of 256: what a grouping by faiss would ask for."""
        start, found = clock(), 0
        for first in range(0, rows, 256):
            limits, _, _ = self.methods[name].index.range_search(self.vectors[first : min(first + 256, rows)], within * within)
            found += int(limits[-1])
        return since(start) | {"pairs": found}

    def dbscan(self, faces, within):
        """scikit-learn's DBSCAN where every face is a core: connected components."""
        from sklearn.cluster import DBSCAN

        start = clock()
        labels = DBSCAN(eps=within, min_samples=1, n_jobs=1).fit_predict(numpy.array(self.vectors[:faces]))
        return since(start) | {"labels": labels.tolist()}


def main():
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints must not get between the answers
    peer = Peer()

    def answer(document):
        answers.write(json.dumps(document) + "\n")

    answer({"ready": True})
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer(getattr(peer, question.pop("do"))(**question))
        except Exception as error:  # told to the one who asked
            answer({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()

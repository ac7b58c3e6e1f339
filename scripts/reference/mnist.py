"""The demo's MNIST recipe in PyTorch, for docs/results.md.

python3 scripts/reference/mnist.py FOLDER [EPOCHS,...] [SEEDS]

Needs torch and numpy (tried with PyTorch 1.13). FOLDER holds the four gzipped files of MNIST.
Network 784-256-256-10 with ReLU, PyTorch's default initialisation, inputs normalised by (.1307, .3081),
batch 128, Adam 1e-3, cross-entropy; without dropout and with rate 0.5 after each hidden layer.
"""

import gzip
import statistics
import sys

import numpy
import torch
from torch import nn


def read(folder, name, header):
    with gzip.open(f"{folder}/{name}-ubyte.gz") as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def load(folder, part):
    images = read(folder, f"{part}-images-idx3", 16).reshape(-1, 784)
    inputs = (torch.tensor(images, dtype=torch.float32) / 255 - 0.1307) / 0.3081
    return inputs, torch.tensor(read(folder, f"{part}-labels-idx1", 8), dtype=torch.long)


def network(rate):
    dropout = [] if rate is None else [nn.Dropout(rate)]
    layers = [nn.Linear(784, 256), nn.ReLU(), *dropout]
    layers += [nn.Linear(256, 256), nn.ReLU(), *dropout, nn.Linear(256, 10)]
    return nn.Sequential(*layers)


def accuracy(model, data):
    inputs, labels = data
    model.eval()
    with torch.no_grad():
        right = (model(inputs).argmax(1) == labels).float().mean().item()
    model.train()
    return 100 * right


def run(rate, seed, epochs, train, test):
    torch.manual_seed(seed)
    model = network(rate)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    inputs, labels = train
    results = {}
    for epoch in range(1, max(epochs) + 1):
        right = 0
        for batch in torch.randperm(len(inputs)).split(128):
            logits = model(inputs[batch])
            loss = nn.functional.cross_entropy(logits, labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            right += (logits.argmax(1) == labels[batch]).sum().item()
        if epoch in epochs:
            noisy = 100 * right / len(inputs)
            results[epoch] = (noisy, accuracy(model, train), accuracy(model, test))
    return results


def main(folder, epochs="10,20", seeds="3"):
    epochs = [int(epoch) for epoch in epochs.split(",")]
    train, test = load(folder, "train"), load(folder, "t10k")
    print("dropout  epochs  train, noise on  train  validation  (mean ± standard deviation over seeds)")
    for rate in (None, 0.5):
        runs = [run(rate, seed, epochs, train, test) for seed in range(int(seeds))]
        for epoch in epochs:
            columns = zip(*(result[epoch] for result in runs))
            cells = [f"{statistics.mean(c):.2f} ± {statistics.stdev(c):.2f}" for c in columns]
            print(f"{rate or 'none':<7}  {epoch:<6}  {'  '.join(cells)}", flush=True)


main(*sys.argv[1:])

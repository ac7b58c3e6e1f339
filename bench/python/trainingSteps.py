"""Training steps of the benchmark's MLP in PyTorch on one thread: one for each line of input, answered by a line.

Needs torch (tried with PyTorch 1.13; Debian's is fast with libopenblas0-serial).
"""

import os
import sys

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import torch
from torch import nn

BATCH = 128

torch.set_num_threads(1)
torch.manual_seed(0)
hidden = [layer for size in (784, 256) for layer in (nn.Linear(size, 256), nn.ReLU(), nn.Dropout(0.5))]
model = nn.Sequential(*hidden, nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=True)
images, labels = torch.rand(BATCH, 784), torch.arange(BATCH) % 10

for _ in sys.stdin:
    optimizer.zero_grad(set_to_none=True)
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    print(loss.item(), flush=True)

"""Random networks, each as an .onnx of its loss, with what PyTorch computes of it, for scripts/compareTorch.js.

python3 scripts/reference/randomNetworks.py FOLDER COUNT SEED

Needs torch (tried with PyTorch 1.13). Writes <n>.onnx and <n>.json: the inputs, the gradients of the first step, and
the losses of 20 steps of SGD with momentum, all computed in float64 from the float32 weights of the file.
"""

import io
import json
import random
import sys
import warnings

import torch
from torch import nn

STEPS = 20
CLASSES = 5
LEARNING_RATE, MOMENTUM = 0.01, 0.9


class Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class Sequence(nn.Module):
    """A recurrent layer whose states nobody reads."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


class Attention(nn.Module):
    """Heads of scaled products, from the layers that every exporter knows."""

    def __init__(self, features, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(features, 3 * features), nn.Linear(features, features)

    def forward(self, x):
        batch, time, features = x.shape
        split = self.qkv(x).reshape(batch, time, 3, self.heads, features // self.heads)
        q, k, v = split.permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(-1, -2) / (features // self.heads) ** 0.5, -1)
        return self.out((weights @ v).transpose(1, 2).reshape(batch, time, features))


class MeanOverTime(nn.Module):
    def forward(self, x):
        return x.mean(1)


class Loss(nn.Module):
    """Cross-entropy, as one operator or, as before opset 12, as the scores that the labels pick."""

    def __init__(self, network, picks):
        super().__init__()
        self.network, self.picks = network, picks

    def forward(self, input, target):
        logits = self.network(input)
        if self.picks:
            return -torch.log_softmax(logits, 1).gather(1, target[:, None]).mean()
        return nn.functional.cross_entropy(logits, target)


def activation(rng):
    kinds = [nn.ReLU, nn.GELU, nn.SiLU, nn.ELU, nn.SELU, nn.Tanh, nn.Sigmoid, nn.Softplus, nn.LeakyReLU, nn.PReLU]
    return rng.choice(kinds + [nn.Hardswish, nn.Mish, nn.CELU, nn.Softsign])()


def vectors(rng):
    """Layers over [batch, features]."""
    features = rng.choice([4, 6, 9])
    shape, layers = (features,), []
    for _ in range(rng.randint(1, 4)):
        width = rng.choice([4, 6, 8])
        layers += [nn.Linear(features, width, bias=rng.random() < 0.8), activation(rng)]
        features = width
        if rng.random() < 0.5:
            layers.append(rng.choice([nn.LayerNorm, nn.BatchNorm1d])(features))
        if rng.random() < 0.4:
            layers.append(Residual(nn.Sequential(nn.Linear(features, features), activation(rng))))
    return shape, [*layers, nn.Linear(features, CLASSES)]


def images(rng):
    """Layers over [batch, channels, height, width]."""
    channels, size = rng.choice([1, 2, 4]), rng.choice([8, 9, 11])
    shape, layers = (channels, size, size), []
    for _ in range(rng.randint(1, 3)):
        width = rng.choice([4, 8])
        groups = rng.choice([1, 2]) if channels % 2 == 0 else 1
        kernel, dilation = rng.choice([1, 3]), rng.choice([1, 1, 2])
        layers.append(nn.Conv2d(channels, width, kernel, stride=rng.choice([1, 1, 2]), padding=kernel // 2 * dilation,
                                dilation=dilation, groups=groups, bias=rng.random() < 0.7))
        channels = width
        norms = [nn.BatchNorm2d, lambda c: nn.GroupNorm(2, c), lambda c: nn.InstanceNorm2d(c, affine=True)]
        if rng.random() < 0.6:
            layers.append(rng.choice(norms)(channels))
        layers.append(activation(rng))
        more = [nn.MaxPool2d(2, stride=1), nn.AvgPool2d(3, 1, 1), nn.Upsample(scale_factor=2),
                nn.ConvTranspose2d(channels, channels, 2, stride=2),
                Residual(nn.Conv2d(channels, channels, 3, padding=1))]
        if rng.random() < 0.6:
            layers.append(rng.choice(more))
    return shape, [*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)]


def sequences(rng):
    """Layers over [batch, time, features]."""
    features = rng.choice([4, 8])
    shape, layers = (rng.choice([3, 5]), features), []
    for _ in range(rng.randint(1, 2)):
        kind = rng.choice(["recurrent", "recurrent", "attention", "feed"])
        if kind == "recurrent":
            both = rng.random() < 0.4
            layer = rng.choice([nn.LSTM, nn.GRU, nn.RNN])
            layers.append(Sequence(layer(features, features // (2 if both else 1), batch_first=True,
                                         num_layers=rng.choice([1, 1, 2]), bidirectional=both)))
        elif kind == "attention":
            layers.append(Residual(nn.Sequential(nn.LayerNorm(features), Attention(features, 2))))
        else:
            feed = nn.Sequential(nn.Linear(features, 2 * features), activation(rng), nn.Linear(2 * features, features))
            layers += [Residual(feed), nn.LayerNorm(features)]
    return shape, [*layers, MeanOverTime(), nn.Linear(features, CLASSES)]


def export(loss, inputs, opset):
    file = io.BytesIO()
    training = torch.onnx.TrainingMode.TRAINING
    torch.onnx.export(loss, inputs, file, input_names=["input", "target"], output_names=["loss"],
                      opset_version=opset, training=training, do_constant_folding=False)
    return file.getvalue()


def reference(loss, inputs):
    """The first gradients, and the losses of all steps."""
    optimizer = torch.optim.SGD(loss.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    losses, gradients = [], {}
    for _ in range(STEPS):
        optimizer.zero_grad()
        value = loss(*inputs)
        value.backward()
        losses.append(value.item())
        gradients = gradients or {name: p.grad.flatten().tolist() for name, p in loss.named_parameters()}
        optimizer.step()
    return losses, gradients


def main(folder, count, seed):
    warnings.filterwarnings("ignore")
    for index in range(int(count)):
        rng = random.Random(f"{seed}/{index}")
        torch.manual_seed(rng.getrandbits(31))
        shape, layers = rng.choice([vectors, images, sequences])(rng)
        batch, opset = rng.choice([3, 6]), rng.choice([9, 11, 13, 14, 15, 16])
        loss = Loss(nn.Sequential(*layers), picks=opset < 12 or rng.random() < 0.3).train()
        inputs = torch.randn(batch, *shape), torch.randint(CLASSES, (batch,))
        state = {name: value.clone() for name, value in loss.state_dict().items()}
        case = {"network": str(nn.Sequential(*layers)), "opset": opset, "shape": [batch, *shape]}
        try:
            model = export(loss, inputs, opset)
        except Exception as error:  # PyTorch cannot write every layer at every opset.
            case["unwritten"] = str(error).splitlines()[0]
        else:
            loss.load_state_dict(state)  # The export runs the network, which moves its running statistics.
            losses, gradients = reference(loss.double(), (inputs[0].double(), inputs[1]))
            case.update(input=inputs[0].flatten().tolist(), target=inputs[1].tolist(), losses=losses,
                        gradients=gradients, learningRate=LEARNING_RATE, momentum=MOMENTUM)
            with open(f"{folder}/{index}.onnx", "wb") as file:
                file.write(model)
        with open(f"{folder}/{index}.json", "w") as file:
            json.dump(case, file)


main(*sys.argv[1:])

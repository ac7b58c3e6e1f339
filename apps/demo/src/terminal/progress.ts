import { SingleBar } from "cli-progress";
import type { TrainProgress } from "../experiment/train.js";

/** Shows how far one training after another is. */
export interface Progress {
  /** Ends what was shown before, and begins a training. */
  start(label: string): void;
  show(progress: TrainProgress): void;
  /** Leaves the terminal as it was found. */
  stop(): void;
}

/** A live bar on a terminal, a plain line for each epoch elsewhere. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? liveBars(stream) : plainLines(stream);
}

function liveBars(stream: NodeJS.WriteStream): Progress {
  let bar: SingleBar | undefined;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    start(label) {
      stop();
      bar = new SingleBar({
        format: `${label} {bar} epoch {epoch} | loss {loss} | accuracy {accuracy} | {left} left`,
        stream,
        hideCursor: true,
        barsize: 20,
        barCompleteChar: "█",
        barIncompleteChar: "░",
      });
    },
    show(progress) {
      if (progress.step === 1) bar?.start(progress.steps, 1, fieldsOf(progress));
      else bar?.update(progress.step, fieldsOf(progress));
    },
    stop,
  };
}

function plainLines(stream: NodeJS.WriteStream): Progress {
  let label = "";
  let last: TrainProgress | undefined;
  const print = (): void => {
    if (last === undefined) return;
    const { epoch, loss, accuracy, left } = fieldsOf(last);
    stream.write(`${label} epoch ${epoch} | loss ${loss} | accuracy ${accuracy} | ${left} left\n`);
    last = undefined;
  };
  return {
    start(next) {
      print();
      label = next;
    },
    show(progress) {
      if (progress.epoch !== last?.epoch) print();
      last = progress;
    },
    stop: print,
  };
}

type Field = "epoch" | "loss" | "accuracy" | "left";

const fieldsOf = ({
  epoch,
  epochs,
  loss,
  accuracy,
  secondsLeft,
}: TrainProgress): Record<Field, string> => ({
  epoch: `${epoch}/${epochs}`,
  loss: loss.toFixed(4),
  accuracy: percent(accuracy),
  left: `${Math.ceil(secondsLeft)} s`,
});

/** A share in [0, 1] as the field writes accuracies. */
const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;

import { SingleBar } from "cli-progress";
import type { TrainProgress } from "../experiment/train.js";

/** Where a training shows how far it is. */
export interface Progress {
  show(progress: TrainProgress): void;
  stop(): void;
}

/** A live bar on a terminal, a plain line for each epoch elsewhere. */
export function progressOf(label: string, stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? liveBar(label, stream) : plainLines(label, stream);
}

function liveBar(label: string, stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar({
    format: `${label} {bar} epoch {epoch} | loss {loss} | accuracy {accuracy} | {left} left`,
    stream,
    hideCursor: true,
    barsize: 20,
    barCompleteChar: "█",
    barIncompleteChar: "░",
  });
  let started = false;
  return {
    show(progress) {
      const { step, steps } = progress;
      if (!started) bar.start(steps, 0, fieldsOf(progress));
      started = true;
      bar.update(step, fieldsOf(progress));
    },
    stop: () => bar.stop(),
  };
}

function plainLines(label: string, stream: NodeJS.WriteStream): Progress {
  let last: TrainProgress | undefined;
  const print = (progress: TrainProgress): void => {
    const { epoch, loss, accuracy, left } = fieldsOf(progress);
    stream.write(`${label} epoch ${epoch} | loss ${loss} | accuracy ${accuracy} | ${left} left\n`);
  };
  return {
    show(progress) {
      if (last !== undefined && last.epoch !== progress.epoch) print(last);
      last = progress;
    },
    stop() {
      if (last !== undefined) print(last);
    },
  };
}

const fieldsOf = ({
  epoch,
  loss,
  accuracy,
  secondsLeft,
}: TrainProgress): Record<"epoch" | "loss" | "accuracy" | "left", string> => ({
  epoch: String(epoch),
  loss: loss.toFixed(4),
  accuracy: percent(accuracy),
  left: `${Math.ceil(secondsLeft)} s`,
});

/** A share in [0, 1] as the field writes accuracies. */
export const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;

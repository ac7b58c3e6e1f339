import { cacheDirectory } from "./cacheDirectory.js";

/** Where a data set of MNIST's kind comes from, and what its files are. */
export interface Dataset {
  /** Folder that gets the files. */
  readonly directory: string;
  /** Addresses of folders that hold the files, in the order in which they are asked. */
  readonly mirrors: readonly string[];
  /** SHA-256 of each file's unzipped bytes, by its name: mirrors have compressed them differently. */
  readonly hashes: Readonly<Record<string, string>>;
}

export type DatasetName = "mnist" | "fashion";

export const datasetNames: readonly DatasetName[] = ["mnist", "fashion"];

/**
 * The data sets that can be downloaded.
 * @see LeCun, Cortes and Burges 1998, "The MNIST database of handwritten digits"; Xiao, Rasul and Vollgraf
 * 2017, "Fashion-MNIST" (arXiv:1708.07747).
 */
export const datasets: Readonly<Record<DatasetName, Dataset>> = {
  mnist: {
    directory: cacheDirectory("mnist"),
    mirrors: [
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ],
    hashes: {
      "train-images-idx3-ubyte.gz":
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      "train-labels-idx1-ubyte.gz":
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      "t10k-images-idx3-ubyte.gz":
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      "t10k-labels-idx1-ubyte.gz":
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
  },
  fashion: {
    directory: cacheDirectory("fashion-mnist"),
    mirrors: [
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ],
    hashes: {
      "train-images-idx3-ubyte.gz":
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
      "train-labels-idx1-ubyte.gz":
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
      "t10k-images-idx3-ubyte.gz":
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
      "t10k-labels-idx1-ubyte.gz":
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
  },
};

import { readFileSync } from "node:fs";
import { backends } from "../backends/backends.js";
import { describeContract } from "./contract.js";

const path = new URL("../../../../docs/mask-contract.md", import.meta.url);

for (const backend of backends) describeContract(backend, readFileSync(path, "utf8"));

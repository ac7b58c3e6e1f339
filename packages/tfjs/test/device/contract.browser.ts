import document from "../../../../docs/mask-contract.md?raw";
import { gpuBackends } from "../gpuBackends.js";
import { describeContract } from "./contract.js";

for (const backend of gpuBackends) describeContract(backend, document);

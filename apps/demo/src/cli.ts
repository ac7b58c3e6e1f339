import { CommanderError } from "commander";
import * as ort from "onnxruntime-web";
import { runDemo } from "./runDemo.js";
import { type DemoOptions, demoCommand } from "./options.js";

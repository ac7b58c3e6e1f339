#!/usr/bin/env node
import { runCommand } from "./cli/runCommand.js";

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
// A reader such as `head` has seen enough.
process.stdout.once("error", () => process.exit(0));

process.exitCode = await runCommand(process.argv.slice(2), process, stop.signal);

import { runDemo } from "./runDemo.js";

const { code, leave } = runDemo(process.argv.slice(2), process);

process.once("SIGINT", () => {
  leave();
  process.exit(130);
});

process.exitCode = await code;

/** Hears of files that are chosen by a button, or dropped on the page; `at` is where. */
export function takeFiles(onFiles: (files: readonly File[], at: Element) => void): void {
  const take = (list: FileList | null | undefined, at: Element): void => {
    if (list && list.length > 0) onFiles([...list], at);
  };
  for (const input of document.querySelectorAll<HTMLInputElement>("input.files")) {
    input.addEventListener("change", () => {
      take(input.files, input);
      // The same file can be chosen again.
      input.value = "";
    });
  }
  const { body } = document;
  body.addEventListener("dragover", (event) => {
    event.preventDefault();
    body.classList.add("dropping");
  });
  body.addEventListener("dragleave", () => body.classList.remove("dropping"));
  body.addEventListener("drop", (event) => {
    event.preventDefault();
    body.classList.remove("dropping");
    take(event.dataTransfer?.files, event.target instanceof Element ? event.target : body);
  });
}

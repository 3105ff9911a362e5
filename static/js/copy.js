// Copies the full text of an ID or code block on a click.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-block]");
  if (!button) return;
  const text = button.dataset.copy ?? button.parentElement.querySelector("pre").textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return; // no permission to use the clipboard; the full text is in the title attribute
  }
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1200);
});

// A click on an id, or on the button of a code block, copies it whole.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-block]");
  if (!button) return;
  const text = button.dataset.copy ?? button.parentElement.querySelector("pre").textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return; // no permission: the full text is in the title and can be selected
  }
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1200);
});

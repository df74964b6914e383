/* The review of labels by keyboard: the key written on an answer gives it. Without this file the buttons do the same. */
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.closest("input, select")) return;
  const answer = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!answer) return;
  event.preventDefault();
  answer.click();
});

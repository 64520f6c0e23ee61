/** Keeps the code of a colour and the field that one picks it from alike. Without it either may be changed. */

const code = document.getElementById("code");
const picked = document.getElementById("picked");

picked.addEventListener("input", () => (code.value = picked.value));
code.addEventListener("input", () => {
  if (/^#[0-9a-f]{6}$/i.test(code.value.trim())) picked.value = code.value.trim().toLowerCase();
});

// A file that is chosen fills the field that it belongs to: the form sends text, and a phone can paste it as well.

for (const input of document.querySelectorAll("input[data-fills]")) {
  input.closest("[data-needs-script]").hidden = false;
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (file) document.getElementById(input.dataset.fills).value = await file.text();
    input.value = "";
  });
}

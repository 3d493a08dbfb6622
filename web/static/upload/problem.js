// What is wrong, in words, and the field that it is about.

const place = document.getElementById("problem");

export function show(title, detail) {
  document.getElementById("problem-title").textContent = title;
  document.getElementById("problem-detail").textContent = detail;
  place.hidden = false;
  place.focus();
}

export function hide(form) {
  place.hidden = true;
  mark(form);
}

export function explain(trouble, form) {
  mark(form, trouble.field);
  show(trouble.title, trouble.detail);
}

// Marks the field that a problem is about, if it is about one.
function mark(form, name) {
  for (const field of form.elements) {
    if (!name || field.name !== name) {
      field.removeAttribute("aria-invalid");
      continue;
    }
    field.setAttribute("aria-invalid", "true");
    field.closest("details")?.setAttribute("open", "");
  }
}

// What was typed and chosen in the form, beside the files.

export function read(form) {
  return Array.from(new FormData(form)).filter(([, value]) => typeof value === "string");
}

export function restore(form, fields) {
  for (const element of form.elements) {
    if (!element.name) continue;
    const values = fields.filter(([name]) => name === element.name).map(([, value]) => value);
    if (["checkbox", "radio"].includes(element.type)) element.checked = values.includes(element.value);
    else if (element.type !== "hidden" && values.length > 0) element.value = values[0];
  }
}

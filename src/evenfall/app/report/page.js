for (const figure of document.querySelectorAll("figure")) {
  const said = figure.querySelector("output");
  said.textContent = "Touch the picture for exact times.";
  const tell = (event) => {
    const title = event.target.closest("g")?.querySelector(":scope > title");
    if (title) said.textContent = title.textContent;
  };
  for (const kind of ["pointerdown", "pointermove"]) figure.addEventListener(kind, tell);
  // The file is the picture itself, so that the page carries each one once.
  const file = new XMLSerializer().serializeToString(figure.querySelector("svg"));
  const keep = figure.querySelector(".keep");
  keep.href = URL.createObjectURL(new Blob([file], { type: "image/svg+xml" }));
  keep.hidden = false;
}

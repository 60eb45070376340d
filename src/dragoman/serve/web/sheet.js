// On a narrow screen the filters move into a sheet from below.

const at = (id) => document.getElementById(id);

/** Listen to the sheet; a dialog keeps the focus inside and closes on Escape. */
export function listenToSheet() {
  const [sheet, panel] = [at("sheet"), at("panel")];
  at("open-filters").addEventListener("click", () => {
    at("sheet-body").append(panel);
    sheet.showModal();
  });
  sheet.addEventListener("close", () => at("side").append(panel));
  at("close-filters").addEventListener("click", () => sheet.close());
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
  matchMedia("(min-width: 60rem)").addEventListener("change", (wide) => { if (wide.matches) sheet.close(); });
  at("facets").addEventListener("submit", (event) => event.preventDefault());
}

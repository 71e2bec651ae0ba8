// Light or dark before the first paint, as the studio remembers it; the app itself comes later.
try {
  const { theme } = JSON.parse(localStorage.getItem("callreel.settings")) ?? {};
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is refused or damaged: then it is as the system has it.
}

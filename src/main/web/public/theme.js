// Before the first paint: the theme that was chosen on this device, so that nothing flashes. Tiny on purpose, for it holds up the paint.
try {
  const theme = localStorage.getItem('parley.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the theme is the system's.
}

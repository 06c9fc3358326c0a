// What a visitor sees on the page at hand in a size of type: every faint, small, tight or cramped thing, by selector.
(limits) => {
  if (limits.size !== undefined) { document.documentElement.className = `size-${limits.size}`; }
  const luminance = ([r, g, b]) => {
    const part = (value) => { const v = value / 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const colour = (text) => text.match(/[\d.]+/g).map(Number);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] === 1) { return found; }
    }
    return [255, 255, 255];
  };
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className} "${(element.textContent || element.placeholder || "").trim().slice(0, 20)}"`;
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.right > 0 && getComputedStyle(element).visibility === "visible";
  };
  const written = "input:not([type=checkbox]):not([type=radio]), select, textarea";
  const faults = [];
  let texts = 0;
  let targets = 0;
  for (const element of document.body.querySelectorAll("*")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || element.matches(written);
    if (own && visible(element) && !element.matches("script, .skip, .unseen")) {
      texts += 1;
      const style = getComputedStyle(element);
      const size = parseFloat(style.fontSize);
      if (size < limits.font) { faults.push(`font ${size}px: ${name(element)}`); }
      if (!element.matches(written) && parseFloat(style.lineHeight) / size < 1.5 - 0.001) { faults.push(`line height ${style.lineHeight}: ${name(element)}`); }
      const [one, other] = [luminance(colour(style.color)), luminance(ground(element))].sort((a, b) => b - a);
      const contrast = (one + 0.05) / (other + 0.05);
      if (contrast < 4.5) { faults.push(`contrast ${contrast.toFixed(2)}: ${name(element)}`); }
    }
    if (element.matches("a, button, input, select, textarea, summary") && visible(element) && !element.matches(".skip")) {
      targets += 1;
      // a box to tick is pressed anywhere on its label
      const box = ((element.matches("[type=checkbox], [type=radio]") && element.closest("label")) || element).getBoundingClientRect();
      if (box.height < limits.target - 0.01) { faults.push(`target ${box.height}px high: ${name(element)}`); }
      if (box.width < Math.min(limits.target, 44) - 0.01) { faults.push(`target ${box.width}px wide: ${name(element)}`); }
    }
  }
  const overflow = document.documentElement.scrollWidth - window.innerWidth;
  if (overflow > 0) { faults.push(`page ${overflow}px wider than the window`); }
  return { faults, texts, targets };
}

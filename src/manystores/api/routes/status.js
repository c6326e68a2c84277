(() => {
  const words = JSON.parse(document.getElementById("words").textContent);
  const by = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat(words.lang);
  const clock = new Intl.DateTimeFormat(words.lang, {hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false});
  const rates = [];
  const show = (figures) => {
    for (const [name, value] of Object.entries(figures)) {
      const cell = by("n-" + name);
      if (cell) cell.textContent = value === null ? "–" : number.format(value);
    }
  };
  const state = (name) => {
    by("state").className = "pill " + name;
    by("state").textContent = words.states[name];
    by("answer").textContent = words.answers[name];
  };
  const spark = (rate) => {
    rates.push(rate ?? 0);
    if (rates.length > 60) rates.shift();
    const most = Math.max(...rates, 1);
    if (rates.length < 2) return;
    const step = 100 / (Math.max(rates.length, 15) - 1);
    const points = rates.map((rate, i) => `${100 - (rates.length - 1 - i) * step},${17 - 15 * rate / most}`);
    by("line").setAttribute("points", points.join(" "));
  };
  const facts = (latest) => {
    if (!latest.length) return;
    by("facts").replaceChildren(...latest.map((fact) => {
      const [row, name, code, at] = ["li", "span", "code", "time"].map((kind) => document.createElement(kind));
      const text = words.facts[fact.name];
      if (text) name.append(text);
      code.textContent = fact.name;
      name.append(code);
      at.dateTime = fact.at;
      at.textContent = clock.format(new Date(fact.at));
      row.append(name);
      if (fact.times > 1) {
        const times = document.createElement("b");
        times.textContent = "× " + number.format(fact.times);
        row.append(times);
      }
      row.append(at);
      return row;
    }));
  };
  const refresh = async () => {
    try {
      const answer = await fetch("/status.json", {cache: "no-store"});
      if (!answer.ok) throw new Error(answer.status);
      const now = await answer.json();
      show(now.figures);
      spark(now.figures.facts_per_s);
      facts(now.latest);
      state(now.ready ? "ready" : "down");
      by("at").textContent = words.refreshed + " " + clock.format(new Date(now.at));
    } catch {
      state("lost");
    }
  };
  for (const at of document.querySelectorAll("#facts time")) at.textContent = clock.format(new Date(at.dateTime));
  refresh();
  setInterval(() => document.hidden || refresh(), 2000);
})();

// Makes the pages nicer where script runs: replies appear below one another, can be read aloud, and the type can grow.
(function () {
  "use strict";
  var chat = document.getElementById("chat");
  var form = document.getElementById("ask");
  var transcript = document.getElementById("transcript");

  function tell(text) {
    var note = document.createElement("p");
    note.className = "line warning";
    note.textContent = text;
    transcript.appendChild(note);
    note.scrollIntoView({ block: "nearest" });
  }

  function show(html) {
    var page = new DOMParser().parseFromString(html, "text/html");
    var turn = page.querySelector(".turn");
    if (!turn) { return false; }
    turn = document.importNode(turn, true);
    transcript.appendChild(turn);
    chat.classList.add("talking");
    document.querySelectorAll(".find details").forEach(function (menu) { menu.open = false; });
    form.elements.q.placeholder = "接着问";
    giveVoice(turn);
    turn.scrollIntoView({ block: "start" });
    turn.focus({ preventScroll: true });
    return true;
  }

  function send(field, value, instead) {
    if (form.getAttribute("aria-busy") === "true") { return; }
    form.setAttribute("aria-busy", "true");
    var body = new URLSearchParams();
    body.set(field, value);
    fetch("/", { method: "POST", body: body, headers: { "X-Piece": "1" }, credentials: "same-origin" })
      .then(function (response) {
        return response.text().then(function (html) {
          if (!show(html)) { window.location.assign(instead); }
          else if (field === "q" && response.ok) { form.elements.q.value = ""; form.elements.q.blur(); }
        });
      })
      .catch(function () { tell("网络不通，没有问成。请看看信号，再点一次。"); })
      .then(function () { form.removeAttribute("aria-busy"); });
  }

  if (chat && window.fetch && window.DOMParser && window.URLSearchParams) {
    form.addEventListener("submit", function (event) {
      var text = form.elements.q.value.trim();
      event.preventDefault();
      if (text) { send("q", text, "/?q=" + encodeURIComponent(text)); }
    });
    document.addEventListener("click", function (event) {
      var link = event.target.closest ? event.target.closest("a[data-press], a[data-ask]") : null;
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) { return; }
      event.preventDefault();
      if (link.dataset.press) { send("a", link.dataset.press, link.href); } else { send("q", link.dataset.ask, link.href); }
    });
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a[data-size]") : null;
    if (!link || !window.fetch) { return; }
    event.preventDefault();
    fetch("/person?elder=" + link.dataset.size, { credentials: "same-origin" }).catch(function () {});
    document.documentElement.className = "size-" + link.dataset.size;
    document.querySelectorAll("a[data-size]").forEach(function (other) {
      if (other === link) { other.setAttribute("aria-current", "true"); } else { other.removeAttribute("aria-current"); }
    });
  });

  function giveVoice(root) {
    if (!("speechSynthesis" in window)) { return; }
    root.querySelectorAll("[data-say]").forEach(function (article) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "speak";
      button.textContent = "读给我听";
      button.addEventListener("click", function () { speak(article, button); });
      var buttons = article.parentNode.querySelector(".buttons");
      if (buttons) { buttons.insertBefore(button, buttons.firstChild); } else { article.parentNode.insertBefore(button, article.nextSibling); }
    });
  }

  function speak(article, button) {
    var was = button.getAttribute("aria-pressed") === "true";
    window.speechSynthesis.cancel();
    document.querySelectorAll(".speak").forEach(function (other) { quiet(other); });
    if (was) { return; }
    var words = new SpeechSynthesisUtterance(article.innerText);
    words.lang = "zh-CN";
    words.rate = 0.9;
    words.onend = words.onerror = function () { quiet(button); };
    button.textContent = "先不读了";
    button.setAttribute("aria-pressed", "true");
    window.speechSynthesis.speak(words);
  }

  function quiet(button) {
    button.textContent = "读给我听";
    button.removeAttribute("aria-pressed");
  }

  document.querySelectorAll(".print").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  giveVoice(document);
})();

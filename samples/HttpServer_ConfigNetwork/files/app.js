"use strict";

const find = (id) => document.getElementById(id);
const state = find("state");
const list = find("networks");
const dialog = find("dialog");
let chosen = null;
let waiting = null; // name of the network that we asked for

function say(text, kind) {
  state.textContent = text;
  state.className = "state " + (kind || "");
}

function bars(signal) {
  const lit = signal > -55 ? 4 : signal > -65 ? 3 : signal > -75 ? 2 : 1;
  const box = document.createElement("span");
  box.className = "bars";
  box.title = signal + " dBm";
  for (let i = 0; i < 4; ++i) {
    const bar = document.createElement("i");
    bar.className = i < lit ? "lit" : "";
    box.append(bar);
  }
  return box;
}

function row(network, current) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const name = document.createElement("span");
  const about = document.createElement("small");
  name.className = "name";
  name.textContent = network.title; // never as markup: anyone can name a network
  about.textContent = network.title === current ? "connected" : network.encryption === "OPEN" ? "open" : "password";
  about.className = network.title === current ? "on" : "";
  button.append(bars(network.signal), name, about);
  button.addEventListener("click", () => choose(network));
  item.append(button);
  return item;
}

function choose(network) {
  chosen = network;
  const open = network.encryption === "OPEN";
  find("title").textContent = network.title;
  find("secret").hidden = open;
  find("reveal").hidden = open;
  find("password").value = "";
  dialog.showModal();
}

async function refresh() {
  try {
    const answer = await fetch("ajax/get-networks");
    const data = await answer.json();
    const networks = data.available.sort((a, b) => b.signal - a.signal);
    const current = data.connected ? data.network : null;
    list.replaceChildren(...networks.map((network) => row(network, current)));
    if (current !== null && (waiting === null || waiting === current)) {
      waiting = null;
      say("Connected to " + current, "good");
    } else if (waiting !== null) {
      say("Connecting to " + waiting + " …");
    } else {
      say(networks.length ? "Not connected: choose a network." : "No networks in range.");
    }
  } catch (error) {
    say("The device does not answer.", "bad");
  }
}

async function connect() {
  const body = new URLSearchParams({ network: chosen.title, password: find("password").value });
  waiting = chosen.title;
  say("Connecting to " + waiting + " …");
  try {
    const answer = await fetch("ajax/connect", { method: "POST", body });
    const data = await answer.json();
    if (!data.status) {
      waiting = null;
      say("The device is busy connecting. Try again in a moment.", "bad");
    } else if (data.error) {
      waiting = null;
      say(data.error, "bad");
    }
  } catch (error) {
    say("The device does not answer.", "bad");
  }
}

find("form").addEventListener("submit", connect);
find("cancel").addEventListener("click", () => dialog.close());
find("show").addEventListener("change", (event) => {
  find("password").type = event.target.checked ? "text" : "password";
});

refresh();
setInterval(refresh, 2000);

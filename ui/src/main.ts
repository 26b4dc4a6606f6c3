import { mount } from "svelte";
import App from "./App.svelte";
import { setHost } from "./host";
import { tauriHost } from "./host/tauri";
import "./styles/index.css";

setHost(tauriHost);
const target = document.getElementById("app");
if (target) mount(App, { target });

// SPDX-License-Identifier: Apache-2.0
// Plots that are drawn when they come into view, and all of them before the page is printed.
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  DataZoomInsideComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import * as echarts from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { type Look, readLook } from './look.ts';

echarts.use([
  BarChart,
  CanvasRenderer,
  CustomChart,
  DataZoomInsideComponent,
  GridComponent,
  LabelLayout,
  LineChart,
  MarkLineComponent,
  ScatterChart,
  SVGRenderer,
  TooltipComponent,
]);

export type Chart = echarts.EChartsType;
export type Option = echarts.EChartsCoreOption;

export interface Plot {
  /** In pixels, at this width. */
  height(width: number, look: Look): number;
  option(width: number, look: Look): Option;
  /** Thousands of marks move faster on a canvas; paper always gets vectors. */
  canvas?: boolean;
  /** Called for every new chart: the place to listen to it. */
  drawn?(chart: Chart): void;
}

/** What a section may do with its plot once it stands. */
export interface Mounted {
  chart(): Chart | null;
  redraw(): void;
}

// A4 less margins, at the 96 pixels an inch that browsers print with.
const paperWidth = 680;

class Frame implements Mounted {
  private drawnChart: Chart | null = null;
  private width = 0;

  constructor(
    readonly host: HTMLElement,
    private readonly plot: Plot,
  ) {}

  chart(): Chart | null {
    return this.drawnChart;
  }

  reserve(width: number, look: Look): void {
    if (this.drawnChart === null && width > 0) {
      this.host.style.height = `${this.plot.height(width, look)}px`;
    }
  }

  redraw(): void {
    if (this.drawnChart !== null) this.draw(readLook());
  }

  resized(): void {
    if (this.drawnChart !== null && this.host.clientWidth !== this.width) this.draw(readLook());
  }

  draw(look: Look): void {
    const width = look.forPrint ? paperWidth : this.host.clientWidth;
    if (width === 0) return;
    const height = this.plot.height(width, look);
    this.width = width;
    this.host.style.height = `${height}px`;
    this.host.style.width = look.forPrint ? `${width}px` : '';
    const renderer = this.plot.canvas && !look.forPrint ? 'canvas' : 'svg';
    if (this.drawnChart !== null && this.drawnChart.getZr().painter.type !== renderer) {
      this.drawnChart.dispose();
      this.drawnChart = null;
    }
    const chart = this.drawnChart ?? echarts.init(this.host, null, { renderer, width, height });
    if (this.drawnChart === null) {
      this.drawnChart = chart;
      this.plot.drawn?.(chart);
    } else {
      chart.resize({ width, height });
    }
    chart.setOption(
      {
        animation: false,
        backgroundColor: 'transparent',
        textStyle: { fontFamily: look.font, fontSize: look.fontSize, color: look.ink },
        ...this.plot.option(width, look),
      },
      { notMerge: true },
    );
    chart.getZr().flush();
  }
}

const frames: Frame[] = [];

const nearby = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      nearby.unobserve(entry.target);
      const frame = frames.find(({ host }) => host === entry.target);
      if (frame !== undefined && frame.chart() === null) frame.draw(readLook());
    }
  },
  { rootMargin: '400px' },
);

const sizes = new ResizeObserver((entries) => {
  if ('print' in document.documentElement.dataset) return;
  for (const { target } of entries) frames.find(({ host }) => host === target)?.resized();
});

/** `host` gets its height at once and its drawing when it comes near the window. */
export function mount(host: HTMLElement, plot: Plot): Mounted {
  const frame = new Frame(host, plot);
  frames.push(frame);
  return frame;
}

/** To be called once, when all sections are in the page. */
export function startPlots(): void {
  const look = readLook();
  // All widths are asked for before any height is set: one layout, not one for each plot.
  const widths = frames.map(({ host }) => host.clientWidth);
  for (const [i, frame] of frames.entries()) {
    frame.reserve(widths[i] ?? 0, look);
    nearby.observe(frame.host);
    sizes.observe(frame.host);
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const frame of frames) frame.redraw();
  });
  addEventListener('beforeprint', () => {
    document.documentElement.dataset.print = '';
    const paper = readLook();
    for (const frame of frames) frame.draw(paper);
  });
  addEventListener('afterprint', () => {
    delete document.documentElement.dataset.print;
    const screen = readLook();
    for (const frame of frames) frame.draw(screen);
  });
}

/** Shared by all tooltips; `content` makes elements, never markup from text. */
export function tooltip(look: Look, content: (params: never) => HTMLElement | ''): Option {
  return {
    confine: true,
    transitionDuration: 0,
    backgroundColor: look.card,
    borderColor: look.line,
    padding: 10,
    textStyle: { color: look.ink, fontSize: look.fontSize, fontFamily: look.font },
    extraCssText: 'max-width: min(22rem, 80vw); white-space: normal; overflow-wrap: anywhere;',
    formatter: content,
  };
}

/** A value axis with quiet lines. */
export function quietAxis(look: Look): Option {
  return {
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: look.muted, fontSize: look.fontSize },
    nameTextStyle: { color: look.muted, fontSize: look.fontSize },
    splitLine: { lineStyle: { color: look.line } },
  };
}

import { paints } from './paint';

/** Site to clip space: `u_view` is the middle of the view [m from the map's origin] and half its size [m]. */
const HEAD = `#version 300 es
precision highp float;
uniform vec4 u_view;
uniform vec4 u_palette[${paints.length}];
uniform float u_pixelsPerM;
vec4 project(vec2 xyM) { return vec4((xyM - u_view.xy) / u_view.zw, 0.0, 1.0); }
`;

export const fillShader = {
  vertex: `${HEAD}
layout(location = 0) in vec2 a_xyM;
layout(location = 1) in uint a_paint;
flat out vec4 v_colour;
void main() {
  gl_Position = project(a_xyM);
  v_colour = u_palette[a_paint];
}`,
  fragment: `#version 300 es
precision mediump float;
flat in vec4 v_colour;
out vec4 o_colour;
void main() { o_colour = v_colour; }`,
};

/** Each ribbon is one pixel wider than asked for, and fades out over that pixel. */
export const strokeShader = {
  vertex: `${HEAD}
layout(location = 0) in vec2 a_xyM;
layout(location = 1) in vec2 a_offset;
layout(location = 2) in float a_alongM;
layout(location = 3) in uvec4 a_style;
flat out vec4 v_colour;
flat out float v_halfPx;
flat out float v_dashPx;
out float v_acrossPx;
out float v_alongPx;
void main() {
  float halfPx = float(a_style.z) / 16.0;
  float reachPx = halfPx + 0.5;
  gl_Position = project(a_xyM + a_offset * reachPx / u_pixelsPerM);
  v_colour = u_palette[a_style.x];
  v_halfPx = halfPx;
  v_dashPx = float(a_style.w);
  v_acrossPx = (float(a_style.y) / 127.5 - 1.0) * reachPx;
  v_alongPx = a_alongM * u_pixelsPerM;
}`,
  fragment: `#version 300 es
precision highp float;
flat in vec4 v_colour;
flat in float v_halfPx;
flat in float v_dashPx;
in float v_acrossPx;
in float v_alongPx;
out vec4 o_colour;
void main() {
  if (v_dashPx > 0.0 && mod(v_alongPx, 2.0 * v_dashPx) > v_dashPx) discard;
  o_colour = v_colour * clamp(v_halfPx + 0.5 - abs(v_acrossPx), 0.0, 1.0);
}`,
};

export const markerShader = {
  vertex: `${HEAD}
uniform float u_devicePixels;
layout(location = 0) in vec2 a_xyM;
layout(location = 1) in uvec4 a_style;
flat out vec4 v_colour;
flat out uint v_shape;
flat out float v_sizePx;
void main() {
  gl_Position = project(a_xyM);
  v_colour = u_palette[a_style.x];
  v_shape = a_style.z;
  v_sizePx = float(a_style.y) * u_devicePixels;
  gl_PointSize = v_sizePx + 2.0;
}`,
  fragment: `#version 300 es
precision highp float;
flat in vec4 v_colour;
flat in uint v_shape;
flat in float v_sizePx;
out vec4 o_colour;
void main() {
  vec2 p = abs(gl_PointCoord - 0.5) * (v_sizePx + 2.0);
  float halfPx = v_sizePx / 2.0;
  float outside = v_shape == 2u ? (p.x + p.y - halfPx) * 0.7071 : v_shape == 3u ? max(p.x, p.y) - halfPx : length(p) - halfPx;
  float cover = clamp(0.5 - outside, 0.0, 1.0);
  if (v_shape == 1u) cover *= clamp(outside + max(2.0, v_sizePx * 0.16) + 0.5, 0.0, 1.0);
  o_colour = v_colour * cover;
}`,
};

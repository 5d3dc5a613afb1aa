/** The shortcodes that people and apps use most; any other stays visible as `:name:`, as in Slack. */
const table = `
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 x ❌ heavy_multiplication_x ✖️ white_check_mark ✅ heavy_check_mark ✔️
ballot_box_with_check ☑️ eyes 👀 tada 🎉 raised_hands 🙌 clap 👏 pray 🙏 wave 👋 ok_hand 👌 muscle 💪 point_right 👉
point_down 👇 point_up ☝️ raised_hand ✋ hand ✋ thinking_face 🤔 smile 😄 smiley 😃 grinning 😀 joy 😂 wink 😉
slightly_smiling_face 🙂 sweat_smile 😅 sob 😭 cry 😢 scream 😱 sunglasses 😎 exploding_head 🤯 facepalm 🤦
shrug 🤷 heart ❤️ broken_heart 💔 fire 🔥 boom 💥 collision 💥 sparkles ✨ star ⭐ star2 🌟 zap ⚡ rocket 🚀
warning ⚠️ rotating_light 🚨 no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 stop_sign 🛑 construction 🚧 bell 🔔
no_bell 🔕 mute 🔇 loudspeaker 📢 mega 📣 exclamation ❗ heavy_exclamation_mark ❗ question ❓ grey_question ❔
bangbang ‼️ information_source ℹ️ sos 🆘 red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡
large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣 white_circle ⚪ black_circle ⚫
large_orange_diamond 🔶 large_blue_diamond 🔷 small_red_triangle 🔺 small_red_triangle_down 🔻
large_red_square 🟥 large_orange_square 🟧 large_yellow_square 🟨 large_green_square 🟩 large_blue_square 🟦
hourglass ⌛ hourglass_flowing_sand ⏳ stopwatch ⏱️ timer_clock ⏲️ alarm_clock ⏰ clock1 🕐 clock3 🕒 watch ⌚ calendar 📅
date 📅 spiral_calendar_pad 🗓️ repeat 🔁 arrows_counterclockwise 🔄 arrows_clockwise 🔃 rewind ⏪
fast_forward ⏩ arrow_forward ▶️ black_right_pointing_triangle ▶️ double_vertical_bar ⏸️ pause_button ⏸️
black_square_for_stop ⏹️ stop_button ⏹️ leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ arrow_up ⬆️ arrow_down ⬇️
arrow_left ⬅️ arrow_right ➡️ arrow_upper_right ↗️ arrow_lower_right ↘️ link 🔗 paperclip 📎 pushpin 📌 round_pushpin 📍
mag 🔍 mag_right 🔎 microscope 🔬 test_tube 🧪 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊
clipboard 📋 memo 📝 pencil 📝 pencil2 ✏️ page_facing_up 📄 page_with_curl 📃 scroll 📜 books 📚 book 📖 bookmark 🔖
label 🏷️ file_folder 📁 open_file_folder 📂 card_index_dividers 🗂️ package 📦 inbox_tray 📥 outbox_tray 📤 email 📧
envelope ✉️ speech_balloon 💬 thought_balloon 💭 bulb 💡 brain 🧠 robot_face 🤖 computer 💻 desktop_computer 🖥️
floppy_disk 💾 cd 💿 minidisc 💽 battery 🔋 electric_plug 🔌 satellite 📡 satellite_antenna 📡 globe_with_meridians 🌐
earth_americas 🌎 cloud ☁️ lightning ⚡ rain_cloud 🌧️ sunny ☀️ snowflake ❄️ gear ⚙️ wrench 🔧 hammer 🔨
hammer_and_wrench 🛠️ nut_and_bolt 🔩 toolbox 🧰 broom 🧹 wastebasket 🗑️ key 🔑 lock 🔒 unlock 🔓 closed_lock_with_key 🔐
shield 🛡️ bug 🐛 beetle 🪲 ghost 👻 skull 💀 hospital 🏥 ambulance 🚑 fire_engine 🚒 pill 💊 syringe 💉 stethoscope 🩺
adhesive_bandage 🩹 helmet_with_white_cross ⛑️ thermometer 🌡️ checkered_flag 🏁 triangular_flag_on_post 🚩 trophy 🏆
dart 🎯 crossed_fingers 🤞 handshake 🤝 busts_in_silhouette 👥 bust_in_silhouette 👤 technologist 🧑‍💻 firefighter 🧑‍🚒
sleeping 😴 zzz 💤 coffee ☕ beer 🍺 pizza 🍕 cake 🍰 birthday 🎂 seedling 🌱 evergreen_tree 🌲 turtle 🐢 snail 🐌
whale 🐳 penguin 🐧 elephant 🐘 snake 🐍 house 🏠 office 🏢 factory 🏭 moneybag 💰 chart 💹 traffic_light 🚦
vertical_traffic_light 🚦 recycle ♻️ trident 🔱 new 🆕 up 🆙 cool 🆒 ok 🆗 free 🆓 one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣
six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 zero 0️⃣ 100 💯 heavy_plus_sign ➕ heavy_minus_sign ➖ wavy_dash 〰️
small_blue_diamond 🔹 small_orange_diamond 🔸 radio_button 🔘 twisted_rightwards_arrows 🔀 no_good 🙅 ok_woman 🙆
`;

/** @type {Map<string, string>} */
const byName = new Map();
const words = table.trim().split(/\s+/);
for (let at = 0; at < words.length; at += 2) byName.set(words[at] ?? '', words[at + 1] ?? '');

/** The reactions that are one click away, first the one that tells Medic to stop. */
export const quickReactions = [
  'x',
  'white_check_mark',
  'eyes',
  '+1',
  'thinking_face',
  'tada',
  'raised_hands',
  'rotating_light',
];

/** @param {string} name without colons; a skin tone after it is ignored */
export const emojiOf = (name) => byName.get(name.replace(/::skin-tone-\d$/, '')) ?? null;

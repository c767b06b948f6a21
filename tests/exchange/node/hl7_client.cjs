// What node-hl7-client makes of the listener: the acknowledgement codes of the messages that it sends, one line of JSON.
const { Client, Message } = require("node-hl7-client");

const [, , port, count] = process.argv;
const lines = (number) => [
  `MSH|^~\\&|LIS|县医院|YIGONGTI|县医院|20260301083000||ORU^R01^ORU_R01|N${number}|P|2.5`,
  "PID|1||N1^^^LIS^MR||王^秀英||19721105|F", `OBR|1|A1|L${number}|GLU^空腹血糖|||20260301080000`,
  "OBX|1|NM|1558-6^空腹血糖^LN||6.1|mmol/L|3.9-6.1|N|||F|||20260301080000",
];
const answers = [];
const connection = new Client({ host: "127.0.0.1" }).createConnection({ port: Number(port), waitAck: true }, (answer) => {
  const message = answer.getMessage();
  answers.push([message.get("MSA.1").toString(), message.get("MSA.2").toString()]);
  if (answers.length < Number(count)) return setTimeout(send, 0);
  process.stdout.write(`${JSON.stringify(answers)}\n`, () => process.exit(0));
});
const send = () => connection.sendMessage(new Message({ text: lines(answers.length).join("\r") }));
connection.on("connect", () => setTimeout(send, 100));
setTimeout(() => process.exit(1), 20000).unref();

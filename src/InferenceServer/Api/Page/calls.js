// The page's call as a program would make it.

/** The call of a model in a language, against the address of this page. */
export function callText(language, model, address) {
  const route = `${address}/v1/models/${encodeURIComponent(model.name)}/versions/${model.version}:classify`;
  const host = new URL(address).hostname;
  return {
    "curl": `curl --data-binary @digit.png "${route}?topK=3"`,
    "C#": `// dotnet add package LeNetServe.Client
using LeNetServe.Client;

using var client = new LeNetServeClient("http://${host}:8001");
var answer = await client.ClassifyFileAsync("digit.png", new() { Model = "${model.name}", Version = ${model.version} });
Console.WriteLine(answer);`,
    "Python": `import json, urllib.request

with open("digit.png", "rb") as file:
    request = urllib.request.Request("${route}?topK=3", file.read(), {"content-type": "image/png"})
print(json.load(urllib.request.urlopen(request))["predictions"])`,
    "grpcurl": `image="{\\"encoded\\": \\"$(base64 -w0 digit.png)\\"}"
echo "{\\"model\\": \\"${model.name}\\", \\"version\\": ${model.version}, \\"image\\": $image}" |
  grpcurl -plaintext -d @ ${host}:8001 lenetserve.v1.Classifier/Classify`,
  }[language];
}

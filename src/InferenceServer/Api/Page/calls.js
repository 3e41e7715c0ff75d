// The page's call as a program would make it.

/** A text inside the double quotes of a shell. */
const inShell = text => text.replace(/[\\"$`]/g, "\\$&");

/**
 * The call of a model in a language, against the address of this page and the port of gRPC. With a token, the program takes it from an
 * environment variable.
 */
export function callText(language, model, grpcPort, hasToken) {
  const { origin, protocol, hostname } = location;
  const route = `${origin}/v1/models/${encodeURIComponent(model.name)}/versions/${model.version}:classify?topK=3`;
  const grpc = `${protocol}//${hostname}:${grpcPort}`;
  const plain = protocol === "https:" ? "" : "-plaintext ";
  const client = hasToken ? `new LeNetServeClientOptions
{
    Urls = { "${grpc}" },
    Token = Environment.GetEnvironmentVariable("LENETSERVE_TOKEN"),
}` : `"${grpc}"`;
  const name = JSON.stringify(model.name);
  const header = hasToken ? '-H "authorization: Bearer $LENETSERVE_TOKEN" ' : "";
  return {
    "curl": `curl ${header}--data-binary @digit.png "${route}"`,
    "C#": `// As call.cs in a clone of LeNetServe: dotnet run call.cs
#:project src/Client/Client.csproj
#:property PublishAot=false
using LeNetServe.Client;

using var client = new LeNetServeClient(${client});
var answer = await client.ClassifyFileAsync("digit.png", new() { Model = ${name}, Version = ${model.version} });
Console.WriteLine(answer);`,
    "Python": `import json, ${hasToken ? "os, " : ""}urllib.request

headers = {"content-type": "image/png"${hasToken ? ', "authorization": "Bearer " + os.environ["LENETSERVE_TOKEN"]' : ""}}
with open("digit.png", "rb") as file:
    request = urllib.request.Request("${route}", file.read(), headers)
print(json.load(urllib.request.urlopen(request))["predictions"])`,
    "grpcurl": `image="{\\"encoded\\": \\"$(base64 -w0 digit.png)\\"}"
echo "{\\"model\\": ${inShell(name)}, \\"version\\": ${model.version}, \\"image\\": $image}" |
  grpcurl ${plain}${header}-d @ ${hostname}:${grpcPort} lenetserve.v1.Classifier/Classify`,
  }[language];
}

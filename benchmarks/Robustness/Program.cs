// Measures a digit model on images that differ from those of training, through the product's own imaging and ONNX Runtime.
//
//     dotnet run -c Release --project benchmarks/Robustness -- MODEL MNIST
//
// MODEL is an ONNX file or a folder of models/. MNIST is the folder of its files. The program prints a Markdown table. It has a row for
// each change of the 10,000 test images, and one for generated photographs. If python3-sklearn is installed, the digits of other writers
// have a row. If the model has the output novelty, images that are not digits have rows too. The figures describe the model. They choose
// nothing.
using System.Globalization;
using LeNetServe.Benchmarks.Robustness;
using LeNetServe.Benchmarks.Strangers;
using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Randomness;
using LeNetServe.Runtime;
using LeNetServe.TestPictures;

const int Seed = 1, Photographs = 1000;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length != 2)
{
    Console.Error.WriteLine("error: a model and the folder of MNIST are expected");
    return 2;
}
var digits = DatasetCatalog.Open(new() { Name = "mnist", Directory = args[1] });
using var model = ClassifierModel.Open(args[0]);
if (model.Facts.Input != digits.Imaging.Input || model.Facts.Classes != 10)
{
    Console.Error.WriteLine($"error: {args[0]} takes {model.Facts.Input}, expected a model of 1×32×32 with the ten digits");
    return 2;
}
var hasNovelty = model.Facts.NoveltyThreshold is not null;
var imaging = new ImagePreprocessor(model.Facts.Imaging);
var contents = Enumerable.Range(0, digits.Test.Count).Select(image => Content(digits.Test.Image(image))).ToArray();
Console.WriteLine($"| images | strength | n | right | mean probability |{(hasNovelty ? " strange |" : "")}");
Console.WriteLine($"|---|---|---|---|---|{(hasNovelty ? "---|" : "")}");
for (var number = 0; number < Corruption.All.Count; number++)
{
    var corruption = Corruption.All[number];
    var pictures = contents.AsParallel().AsOrdered().Select((content, image) =>
        Png(corruption.Apply(content, SplitMix64.For(Seed, number, image)), Corruption.Side));
    Report(corruption.Name, corruption.Strength, pictures, digits.Test.Labels);
}
var photographs = PhotographedDigit.Take(Photographs, Seed).ToArray();
Report(
    "photographed sheets", "generated: paper, light, noise, up to 15°",
    photographs.AsParallel().AsOrdered().Select(photograph => photograph.Encoded), [.. photographs.Select(photograph => photograph.Label)]);
if (File.Exists(OtherHands.DataFile))
{
    var others = OtherHands.Read().ToArray();
    Report(
        "another hand", "scikit-learn's digits, 8×8 scaled up",
        others.AsParallel().AsOrdered().Select(digit => Png(digit.Pixels, OtherHands.SheetSide)), [.. others.Select(digit => digit.Label)]);
}
else
    Console.Error.WriteLine($"skipped: {OtherHands.DataFile} does not exist; the Debian package python3-sklearn has it");
if (hasNovelty)
    foreach (var (kind, pixels) in new Strangers(digits).Draw([.. TestImages()], photographs: null))
        Row(kind, "not a digit, in MNIST's form", [.. pixels.Chunk(model.Facts.Input.Count)], labels: null);
return 0;

IEnumerable<byte[]> TestImages() => Enumerable.Range(0, digits.Test.Count).Select(image => digits.Test.Image(image).ToArray());

// The 28×28 pixels inside the padding.
static byte[] Content(ReadOnlySpan<byte> image)
{
    const int Padded = 32, Margin = (Padded - Corruption.Side) / 2;
    var content = new byte[Corruption.Side * Corruption.Side];
    for (var row = 0; row < Corruption.Side; row++)
        image.Slice((row + Margin) * Padded + Margin, Corruption.Side).CopyTo(content.AsSpan(row * Corruption.Side));
    return content;
}

static byte[] Png(byte[] pixels, int side) => PngFile.Encode(pixels, new(1, side, side));

void Report(string images, string strength, ParallelQuery<byte[]> pictures, int[] labels) =>
    Row(images, strength, [.. pictures.Select(picture => imaging.Process(picture))], labels);

void Row(string images, string strength, byte[][] inputs, int[]? labels)
{
    var rows = inputs.AsParallel().AsOrdered().Select(Answer).ToArray();
    var classes = model.Facts.Classes;
    var right = labels is null ? "" : $"{rows.Index().Average(row => Class(row.Item) == labels[row.Index] ? 1.0 : 0):P1}";
    var strange = hasNovelty ? $" {rows.Average(row => model.Facts.IsKnown(row[classes]) ? 0.0 : 1):P1} |" : "";
    var mean = rows.Average(row => row.Take(classes).Max());
    Console.WriteLine($"| {images} | {strength} | {rows.Length:N0} | {right} | {mean:P1} |{strange}");
}

// The file's output is probabilities; a novelty follows them.
float[] Answer(byte[] pixels)
{
    var row = new float[model.Facts.RowLength];
    model.Run(pixels, row);
    return row;
}

int Class(float[] row) => Array.IndexOf(row, row.Take(model.Facts.Classes).Max());

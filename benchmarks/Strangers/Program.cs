// Measures how well scores of a digit model tell digits from other images.
//
//     dotnet run -c Release --project benchmarks/Strangers -- MODEL.onnx MNIST [PHOTOGRAPHS] [--test]
//
// MODEL has the outputs probabilities, logits, layers and novelty. Its run held out 5 % of MNIST. MNIST is the folder of its files.
// PHOTOGRAPHS is a folder of class folders with pictures of 32×32, such as CIFAR-10's.
//
// The program prints two figures for each score and kind of strangers: the area under the ROC curve, and the share that is rejected at 1 %
// false alarms. Each letter and sign has its area. Known images are the held-out training images, so that a choice between the scores never
// looks at a test image. With --test they are the test images, for the file's novelty alone, and the threshold is the manifest's.
using System.Globalization;
using LeNetServe.Benchmarks.Strangers;
using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Randomness;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Running;
using LeNetServe.Tensors;

const double HeldOut = 0.05;
const int SplitStream = 100, FitEvery = 5, Batch = 250;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length < 2)
{
    Console.Error.WriteLine("error: a model and the folder of MNIST are expected");
    return 2;
}
var digits = DatasetCatalog.Open(new() { Name = "mnist", Directory = args[1] });
var content = File.ReadAllBytes(args[0]);
using var session = new GraphSession(content);
var isTest = args.Contains("--test");
var held = Split(digits.Train);
var known = isTest ? All(digits.Test, _ => true) : All(digits.Train, image => held[image]);
var strangers = new Strangers(digits).Draw(known, args.Skip(2).FirstOrDefault(text => text != "--test"));
var knownValues = Run([.. known.SelectMany(image => image)]);
var kinds = strangers.Select(kind => (kind.Kind, Values: Run(kind.Pixels))).ToList();
if (isTest)
{
    using var model = ClassifierModel.Open("model", content);
    Report("novelty", Column("novelty"), model.Facts.NoveltyThreshold);
    return 0;
}
Report("1 − largest probability", values => [.. values["probabilities"].Chunk(10).Select(row => 1 - row.Max())]);
Report("energy", values => [.. values["logits"].Chunk(10).Select(row => -(float)Math.Log(row.Sum(value => Math.Exp(value))))]);
var fitted = Enumerable.Range(0, digits.Train.Count).Where(image => !held[image] && image % FitEvery == 0).ToArray();
var (fittedValues, labels) = (Run([.. fitted.SelectMany(image => digits.Train.Image(image).ToArray())]),
    fitted.Select(image => digits.Train.Labels[image]).ToArray());
foreach (var names in new string[][] { ["F6_relu"], ["C5_relu"], ["logits"], ["S4", "logits"], ["S2", "S4", "logits"] })
{
    var (features, size) = Features(fittedValues, names);
    var fit = Mahalanobis.Fit(features, labels, classes: 10);
    Report($"Mahalanobis, {string.Join(", ", names)}", values =>
        [.. Features(values, names).Values.Chunk(size).AsParallel().AsOrdered().Select(row => fit.Score(row))]);
}
Report("novelty of the file", Column("novelty"));
return 0;

// The split of the trainer: TrainingData.
static bool[] Split(ImageSet train)
{
    var held = new bool[train.Count];
    foreach (var group in Enumerable.Range(0, train.Count).GroupBy(image => train.Labels[image]))
    {
        var images = group.ToArray();
        SplitMix64.For(seed: 0, SplitStream, group.Key).Shuffle<int>(images);
        foreach (var image in images.Take((int)Math.Round(images.Length * HeldOut)))
            held[image] = true;
    }
    return held;
}

static byte[][] All(ImageSet set, Func<int, bool> take) =>
    [.. Enumerable.Range(0, set.Count).Where(take).Select(image => set.Image(image).ToArray())];

static Func<IReadOnlyDictionary<string, float[]>, float[]> Column(string name) => values => values[name];

IReadOnlyDictionary<string, float[]> Run(byte[] pixels)
{
    var results = session.Outputs.ToDictionary(name => name, _ => new List<float>(), StringComparer.Ordinal);
    foreach (var part in pixels.Chunk(Batch * 1024))
    {
        var input = StoredTensor.From(Array.ConvertAll(part, pixel => (float)pixel), part.Length / 1024, 1, 32, 32);
        foreach (var (name, values) in session.Run(new Dictionary<string, StoredTensor> { ["pixels"] = input }))
            results[name].AddRange(values.ToSingles());
    }
    return results.ToDictionary(result => result.Key, result => result.Value.ToArray(), StringComparer.Ordinal);
}

// Maps become their means; vectors stay.
static (float[] Values, int Size) Features(IReadOnlyDictionary<string, float[]> values, string[] names)
{
    var images = values["logits"].Length / 10;
    var parts = names.Select(name => name switch
    {
        "S2" => Means(values[name], 14 * 14),
        "S4" => Means(values[name], 5 * 5),
        _ => values[name],
    }).ToArray();
    var rows = Enumerable.Range(0, images).SelectMany(image => parts.SelectMany(part =>
        part.Skip(image * (part.Length / images)).Take(part.Length / images)));
    return ([.. rows], parts.Sum(part => part.Length / images));
}

static float[] Means(float[] maps, int area) => [.. maps.Chunk(area).Select(map => map.Average())];

void Report(string score, Func<IReadOnlyDictionary<string, float[]>, float[]> of, double? threshold = null)
{
    var ours = of(knownValues).Order().ToArray();
    var limit = threshold ?? NoveltyRule.Of(ours, []).Threshold;
    var alarms = (double)ours.Count(value => value > limit) / ours.Length;
    Console.WriteLine($"{score}: {alarms:P2} of {ours.Length} known images are above {limit:0.###}");
    var all = kinds.SelectMany(kind => of(kind.Values)).ToArray();
    foreach (var (kind, values) in kinds)
    {
        var theirs = of(values);
        var above = theirs.Count(value => value > limit);
        Console.WriteLine($"  {kind}: AUROC {Area(ours, theirs):0.0000}, {(double)above / theirs.Length:P1} of {theirs.Length} rejected");
        if (kind == kinds[0].Kind)
            Console.WriteLine("    " + string.Join(
                ", ", Strangers.Names.Select((name, sign) => $"{name} {Area(ours, Every(theirs, sign)):0.000}")));
    }
    var rejected = all.Count(value => value > limit);
    Console.WriteLine($"  together: AUROC {Area(ours, all):0.0000}, {(double)rejected / all.Length:P1} of {all.Length} rejected");
}

static float[] Every(float[] scores, int sign) => [.. scores.Where((_, image) => image % Strangers.Names.Length == sign)];

// The chance that a stranger scores higher than a known image; equal scores count half.
static double Area(float[] ours, float[] theirs) => theirs.AsParallel().Sum(score =>
{
    var below = ours.AsSpan().BinarySearch(score);
    below = below < 0 ? ~below : below;
    var (first, last) = (below, below);
    while (first > 0 && ours[first - 1] == score)
        first--;
    while (last < ours.Length && ours[last] == score)
        last++;
    return (first + last) / 2.0;
}) / theirs.Length / ours.Length;
